"""JSON of any kind, with a word in it that must never be repeated."""

from hypothesis import strategies as st

SECRET = "Zanzibarbara"

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([SECRET, "", "2026-01-01", "09:00", "email", "W12 7RZ", "07700 900123"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["channel", "value", "from", "to", "day", "code", SECRET, "min"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=6,
)
