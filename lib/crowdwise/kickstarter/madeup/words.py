"""The invented vocabulary of made-up projects: what they are about, and how they are spoken of."""

from __future__ import annotations

THINGS: dict[str, tuple[str, ...]] = {
    "art": ("mural", "portrait series", "installation", "watercolour set", "mosaic", "sketchbook"),
    "comics": ("graphic novel", "comic series", "anthology", "webcomic", "first issue", "hardcover"),
    "crafts": ("quilt", "candle set", "knitting kit", "oak bowl", "stationery box", "yarn club"),
    "dance": ("dance piece", "summer season", "studio", "workshop tour", "residency", "premiere"),
    "design": ("desk lamp", "backpack", "notebook", "wallet", "chair", "travel mug"),
    "fashion": ("raincoat", "sneaker line", "silver ring", "capsule collection", "scarf", "pocket dress"),
    "film & video": ("short film", "documentary", "webseries", "feature film", "music video", "festival"),
    "food": ("cookbook", "bakery", "food truck", "hot sauce", "community garden", "tea house"),
    "games": ("board game", "card deck", "puzzle box", "dice set", "role-playing game", "platform game"),
    "journalism": ("magazine", "podcast", "photo essay", "local paper", "investigation", "newsletter"),
    "music": ("debut album", "live record", "vinyl single", "tour", "song cycle", "choir recording"),
    "photography": ("photobook", "exhibition", "darkroom", "portrait tour", "calendar", "print series"),
    "publishing": ("novel", "poetry book", "children's book", "zine", "story collection", "field guide"),
    "technology": ("smart sensor", "3D printer", "synthesizer", "mobile app", "keyboard", "garden robot"),
    "theater": ("play", "musical", "one-woman show", "fringe production", "puppet theatre", "stage"),
}
ADJECTIVES = (
    *("Quiet", "Golden", "Northern", "Paper", "Electric", "Wandering", "Salt", "Crooked", "Little", "Midnight"),
    *("Hollow", "Copper", "Seven", "Lost", "Wild", "Morning", "Velvet", "Second", "Blue", "Último", "Été", "Grüne"),
)
NOUNS = (
    *("Harbour", "Fox", "Lantern", "Orchard", "Engine", "River", "Atlas", "Sparrow", "Moon", "Cabinet", "Garden"),
    *("Compass", "Thunder", "Mirror", "Station", "Island", "Whale", "Kettle", "Meadow", "Parade", "夜", "Ñandú"),
)
PLACES = (
    *("Alderwick", "Brannock", "Cedar Falls", "Dunmere", "Eastry", "Fennimore", "Glasswater", "Holloway"),
    *("Ivarsund", "Juniper Bay", "Kettleby", "Lowmoor"),
)
# A phrase and what it adds to the log-odds of success.
TONES: tuple[tuple[str, float], ...] = (
    ("printed, proofed and ready to ship", 1.1),
    ("from the makers of the first edition", 0.9),
    ("with three prototypes tested", 0.8),
    ("each one numbered and signed", 0.6),
    ("the second volume of a loved series", 0.9),
    ("made by hand in small batches", 0.4),
    ("recorded last winter, mixed and waiting", 0.6),
    ("for readers of all ages", 0.2),
    ("in a town that has none", 0.0),
    ("told over one long night", 0.0),
    ("with friends from five countries", 0.1),
    ("built on an open plan", -0.1),
    ("we want to change the world", -0.6),
    ("I need money to start", -1.1),
    ("help me follow my dream", -0.9),
    ("a revolutionary platform for everyone", -0.8),
    ("an app like no other", -0.9),
    ("please donate and share", -1.0),
    ("the next big thing", -0.7),
    ("no experience yet but a lot of heart", -0.6),
)
SHAPES = (
    "A {thing} {tone}, {second}.",
    "{Tone}: a {thing}, {second}.",
    "Our {thing} about a {noun}, {tone}. {Second}.",
    'A {thing} {tone}. "It could only happen in {place}", {second}.',
    "The {thing} you asked for, {tone}; {second}!",
)
EMOJI = ("🎲", "🚀", "🎶", "📚", "🍞")
