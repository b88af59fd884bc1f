"""How a chance is said to the person who had it, alike in a message and on a page."""

A_HUNDRED = 100


def odds(chance: float) -> str:
    """Say a chance above 0 and below 1: 12 in 100; a small one as 1 in 830."""
    of_a_hundred = round(A_HUNDRED * chance)
    if of_a_hundred:
        return f"{min(of_a_hundred, A_HUNDRED - 1)} in {A_HUNDRED}"
    return f"1 in {int(float(f'{1 / chance:.2g}')):,}"
