"""What the lines of Steam's four raw files hold, field by field, as the publisher writes them."""

from __future__ import annotations

from crowdwise.steam.literals import Form, Kind

LIBRARY = Form(
    {
        "user_id": Kind.TEXT,
        "items_count": Kind.WHOLE,
        "steam_id": Kind.TEXT,
        "user_url": Kind.TEXT,
        "items": Kind.RECORDS,
    },
    required=("user_id", "steam_id", "items"),
    inner=Form(
        {
            "item_id": Kind.TEXT,
            "item_name": Kind.TEXT,
            "playtime_forever": Kind.WHOLE,
            "playtime_2weeks": Kind.WHOLE,
        },
        required=("item_id", "item_name", "playtime_forever", "playtime_2weeks"),
    ),
)

GAME = Form(
    {
        "publisher": Kind.TEXT,
        "genres": Kind.TEXTS,
        "app_name": Kind.TEXT,
        "sentiment": Kind.TEXT,
        "title": Kind.TEXT,
        "url": Kind.TEXT,
        "release_date": Kind.TEXT,
        "tags": Kind.TEXTS,
        "discount_price": Kind.NUMBER,
        "reviews_url": Kind.TEXT,
        "specs": Kind.TEXTS,
        "price": Kind.NUMBER_OR_TEXT,
        "early_access": Kind.TRUTH,
        "id": Kind.TEXT,
        "metascore": Kind.NUMBER_OR_TEXT,
        "developer": Kind.TEXT,
    }
)

REVIEWER = Form(
    {"user_id": Kind.TEXT, "user_url": Kind.TEXT, "reviews": Kind.RECORDS},
    required=("user_id", "reviews"),
    inner=Form(
        {
            "funny": Kind.TEXT,
            "posted": Kind.TEXT,
            "last_edited": Kind.TEXT,
            "item_id": Kind.TEXT,
            "helpful": Kind.TEXT,
            "recommend": Kind.TRUTH,
            "review": Kind.TEXT,
        },
        required=("item_id", "recommend"),
    ),
)

BUNDLE = Form(
    {
        "bundle_final_price": Kind.TEXT,
        "bundle_url": Kind.TEXT,
        "bundle_price": Kind.TEXT,
        "bundle_name": Kind.TEXT,
        "bundle_id": Kind.TEXT,
        "items": Kind.RECORDS,
        "bundle_discount": Kind.TEXT,
    },
    required=("bundle_id", "bundle_name", "items"),
    inner=Form(
        {
            "genre": Kind.TEXT,
            "item_id": Kind.TEXT,
            "discounted_price": Kind.TEXT,
            "item_url": Kind.TEXT,
            "item_name": Kind.TEXT,
        },
        required=("item_id",),
    ),
)
