"""How the OpenAPI schema is written: a docstring's first line is the summary."""

from drf_spectacular.openapi import AutoSchema


class SummarizingSchema(AutoSchema):
    """The library's schema, with a summary for each operation's row in the documentation."""

    def get_summary(self) -> str | None:
        """Return the first sentence of what would be the description."""
        description: str = self.get_description() or ""
        return description.split("\n", maxsplit=1)[0].split(";", maxsplit=1)[0].rstrip(".") or None
