"""What single nodes of a Python tree mean for those who measure it."""

import ast

Function = ast.FunctionDef | ast.AsyncFunctionDef

_OWN = frozenset({"self", "cls"})


def is_decorator(node: Function) -> bool:
    """Tell whether a function holds nothing but another one and its return."""
    match node.body:
        case [ast.FunctionDef() | ast.AsyncFunctionDef(), ast.Return()]:
            return True
        case [ast.Expr(value=ast.Constant()), ast.FunctionDef() | ast.AsyncFunctionDef(), ast.Return()]:
            return True
        case _:
            return False


def parameters(arguments: ast.arguments, around: str) -> int:
    """Return how many parameters a function takes, without a method's `self` or `cls`.

    Args:
        arguments: The parameters.
        around: `class` for a method.
    """
    named = [*arguments.posonlyargs, *arguments.args]
    own = around == "class" and bool(named) and named[0].arg in _OWN
    rest = (arguments.vararg is not None) + (arguments.kwarg is not None)
    return len(named) - own + len(arguments.kwonlyargs) + rest


def fits_all(pattern: ast.pattern) -> bool:
    """Tell whether a pattern fits whatever there is."""
    match pattern:
        case ast.MatchAs(pattern=inner):
            return inner is None or fits_all(inner)
        case ast.MatchOr(patterns=patterns):
            return any(map(fits_all, patterns))
        case _:
            return False
