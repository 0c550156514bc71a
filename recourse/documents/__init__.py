"""What Recourse prints: legal documents and packets, from text to PDF, and the store that keeps them.

The way of one document: `templates` finds the text in force on a day, `compose` (pure) turns text and facts into
blocks, `render` lays the blocks out and draws them with `fonts`, `store` keeps the bytes under their hash.
"""
