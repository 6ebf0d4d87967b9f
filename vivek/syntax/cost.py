"""How the complexity of pieces of code adds up, whatever their language."""


class Cost:
    """What a piece of code costs.

    Attributes:
        ways: Its cyclomatic complexity, without the way straight through.
        effort: Its cognitive complexity, with nothing around it.
        breaks: By how much that grows with each level around it.
        deepest: Levels of branches and loops in it.
    """

    __slots__ = ("breaks", "deepest", "effort", "ways")

    def __init__(self) -> None:
        self.ways = self.effort = self.breaks = self.deepest = 0

    def then(self, other: "Cost", *, levels: int = 0, branch: bool = False) -> None:
        """Add what lies within this piece, some levels deeper."""
        self.ways += other.ways
        self.effort += other.effort + levels * other.breaks
        self.breaks += other.breaks
        self.deepest = max(self.deepest, other.deepest + branch)

    def broken(self) -> None:
        """Count a break in the flow that costs more the deeper it lies."""
        self.effort += 1
        self.breaks += 1
