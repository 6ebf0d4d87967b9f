"""A small shop as an index in memory, for tests that choose among its files."""

from tests.project.memory import MemoryLookup

FILES = {
    "shop/__init__.py": "",
    "shop/prices.py": '''"""Prices in cents."""

from shop.money import cents


def discount(price: int, percent: int) -> int:
    """Take a percentage off a price."""
    return cents(price - price * percent // 100)


def surcharge(price: int, percent: int) -> int:
    """Add a percentage to a price."""
    return cents(price + price * percent // 100)
''',
    "shop/money.py": '''"""Amounts."""


def cents(amount: float) -> int:
    """Round an amount."""
    return round(amount)
''',
    "shop/till.py": '''"""The till."""

from shop.prices import discount


class Till:
    """Adds up what is sold."""

    def __init__(self) -> None:
        self.sold: list[int] = []

    def sell(self, price: int, percent: int = 0) -> None:
        """Sell something."""
        self.sold.append(discount(price, percent))

    def total(self) -> int:
        """Add up."""
        return sum(self.sold)
''',
    "shop/receipt.py": '''"""Printing."""

from shop.till import Till


def render(till: Till) -> str:
    """Return the receipt as text."""
    return f"Total {till.total()}"
''',
    "shop/vendor/prices.py": "def discount(price):\n    return price\n",
    "tests/test_prices.py": '''"""Prices."""

from shop.prices import discount


def test_a_discount_is_taken_off() -> None:
    assert discount(100, 10) == 90
''',
    "docs/prices.md": "# Prices\n\nA discount is a percentage of the price.\n",
}


def shop(**more: str) -> MemoryLookup:
    """Return the index of the shop with other files in place of some, or beside them; `__` stands for `/`."""
    return MemoryLookup({**FILES, **more})
