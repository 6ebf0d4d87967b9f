import pytest

from vivek.providers.wire.chat_template import template_abilities


@pytest.mark.parametrize(
    ("template", "abilities"),
    [
        ("", set()),
        ("{% for message in messages %}{{ message.content }}{% endfor %}", set()),
        ("{%- if tools %}# Tools{% endif %}", {"tools"}),
        ("{# pitools and toolset #}", set()),
        ("{%- if enable_thinking is false %}{% endif %}", {"thinking"}),
        ("Reasoning: {{ reasoning_effort }}", {"thinking"}),
        ("{{ '<think>\n' }}{% if tools is defined %}", {"tools", "thinking"}),
    ],
)
def test_abilities_are_places_of_the_template(template: str, abilities: set[str]) -> None:
    assert template_abilities(template) == abilities
