"""Which characters a reader would not see, by the tables of Unicode and not by ours."""

import unicodedata


def unseen(text: str) -> list[str]:
    """All but the ends of lines."""
    return sorted({c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")})
