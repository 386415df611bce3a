"""Django's SQLite, with short waits for the write lock."""
