"""Where bytes live: downloads and folders, whole files, Parquet tables, the SQL database."""
