"""The fonts and templates of the documents' tests, for packets."""

from tests.documents.conftest import fonts, pages_of, templates

__all__ = ["fonts", "pages_of", "templates"]
