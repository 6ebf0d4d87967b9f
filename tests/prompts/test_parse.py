import json
import re
from typing import get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.errors import JSONParsingError, ModelOutputInvalidError
from vivek.prompts.modes import MODES
from vivek.prompts.parse import PLAN_SCHEMA, REVIEW_SCHEMA, ascii_only, parse_plan, parse_review, plan_schema
from vivek.prompts.templates import SHIPPED
from vivek.schema.plan import Plan, PlanKind
from vivek.schema.review import Review

PLAN = {"kind": "change", "steps": ["Rename f to g"], "files": ["a.py"], "mode": "coder", "question": ""}
REVIEW = {"feedback": "Right.", "needs_work": False, "score": 0.9}
SCHEMAS = {"plan": PLAN_SCHEMA, "review": REVIEW_SCHEMA}
VISIBLE = st.text(min_size=1, max_size=160).map(str.strip).filter(bool)
PLANS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(get_args(PlanKind)),
        "steps": st.lists(VISIBLE, min_size=1, max_size=6),
        "files": st.lists(VISIBLE, max_size=8),
        "mode": st.sampled_from(list(MODES)),
        "question": st.text(max_size=240),
        "choices": st.lists(VISIBLE.filter(lambda text: len(text) <= 80), max_size=4),
    }
)
REVIEWS = st.fixed_dictionaries(
    {
        "feedback": VISIBLE,
        "needs_work": st.booleans(),
        "score": st.sampled_from(REVIEW_SCHEMA["properties"]["score"]["enum"]),
    }
)


def _nodes(schema: object):
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from _nodes(value)


def test_a_plan_is_read() -> None:
    assert parse_plan(json.dumps(PLAN), "stop") == Plan("change", ("Rename f to g",), ("a.py",), "coder", "")


def test_files_of_a_plan_are_named_once_and_without_a_leading_dot() -> None:
    plan = parse_plan(json.dumps({**PLAN, "files": ["./a.py", "a.py", " b.py "]}), "stop")

    assert plan.files == ("a.py", "b.py")


def test_the_choices_of_a_question_are_read_and_those_of_none_are_not() -> None:
    asking = {**PLAN, "question": "Which one?", "choices": ["SQLite", " Postgres ", "SQLite", ""]}

    assert parse_plan(json.dumps(asking), "stop").choices == ("SQLite", "Postgres")
    assert parse_plan(json.dumps({**asking, "question": " "}), "stop").choices == ()
    with pytest.raises(ModelOutputInvalidError, match="`choices` may have at most 4 items, not 5"):
        parse_plan(json.dumps({**asking, "choices": list("abcde")}), "stop")


def test_a_plan_that_may_not_ask_has_no_room_for_a_question() -> None:
    schema = plan_schema("peer", asks=False)
    asking = {**PLAN, "question": "Which one?", "choices": ["SQLite"]}

    assert jsonschema.Draft202012Validator(plan_schema("peer")).is_valid(asking)
    jsonschema.validate({**PLAN, "choices": []}, schema)
    for wrong in ({"question": "Which?", "choices": []}, {"question": "", "choices": ["SQLite"]}):
        assert not jsonschema.Draft202012Validator(schema).is_valid({**PLAN, **wrong})


@pytest.mark.parametrize("score", [0, 0.45, 1, None])
def test_a_verdict_is_read_with_any_score_in_range(score: float | None) -> None:
    assert parse_review(json.dumps({**REVIEW, "score": score}), "stop") == Review(score, False, "Right.")


@pytest.mark.parametrize("key", PLAN)
def test_nothing_missing_in_a_plan_is_made_up(key: str) -> None:
    partial = {name: value for name, value in PLAN.items() if name != key}

    with pytest.raises(ModelOutputInvalidError, match=f"`{key}` is missing"):
        parse_plan(json.dumps(partial), "stop")


@pytest.mark.parametrize("key", REVIEW)
def test_nothing_missing_in_a_verdict_is_made_up(key: str) -> None:
    partial = {name: value for name, value in REVIEW.items() if name != key}

    with pytest.raises(ModelOutputInvalidError, match=f"`{key}` is missing"):
        parse_review(json.dumps(partial), "stop")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "maybe"},
        {"steps": []},
        {"steps": ["a"] * 7},
        {"steps": [" "]},
        {"steps": "Rename"},
        {"steps": ["x" * 161]},
        {"files": ["a"] * 9},
        {"files": [3]},
        {"mode": "wizard"},
        {"question": None},
        {"question": "?" * 241},
    ],
)
def test_a_plan_out_of_bounds_is_refused_by_parser_and_schema(wrong: dict[str, object]) -> None:
    with pytest.raises(ModelOutputInvalidError, match=rf"does not fit: `{next(iter(wrong))}"):
        parse_plan(json.dumps(PLAN | wrong), "stop")
    if wrong != {"steps": [" "]}:  # a schema cannot tell a blank
        assert not jsonschema.Draft202012Validator(PLAN_SCHEMA).is_valid(PLAN | wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"score": 1.1},
        {"score": -0.1},
        {"score": 8},
        {"score": True},
        {"score": "0.8"},
        {"needs_work": "no"},
        {"needs_work": 0},
        {"feedback": "x" * 601},
    ],
)
def test_a_verdict_out_of_bounds_is_refused_by_parser_and_schema(wrong: dict[str, object]) -> None:
    with pytest.raises(ModelOutputInvalidError, match=rf"does not fit: `{next(iter(wrong))}"):
        parse_review(json.dumps(REVIEW | wrong), "stop")
    if wrong != {"score": True}:
        assert not jsonschema.Draft202012Validator(REVIEW_SCHEMA).is_valid(REVIEW | wrong)


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises((ModelOutputInvalidError, JSONParsingError)):
        parse_review('{"feedback": "x", "needs_work": false, "score": NaN}', "stop")


def test_a_cut_verdict_is_never_completed() -> None:
    with pytest.raises(JSONParsingError, match="cut off"):
        parse_review('{"feedback": "Fine", "needs_work": false, "score": 1', "length")


@given(PLANS)
def test_every_plan_the_schema_allows_is_read_back(plan: dict[str, object]) -> None:
    jsonschema.validate(plan, PLAN_SCHEMA)

    read = parse_plan(json.dumps(plan, ensure_ascii=False), "stop")

    assert list(read.steps) == plan["steps"]
    assert (read.kind, read.mode, read.question) == (plan["kind"], plan["mode"], plan["question"].strip())


@given(REVIEWS)
def test_every_verdict_the_schema_allows_is_read_back(review: dict[str, object]) -> None:
    jsonschema.validate(review, REVIEW_SCHEMA)

    assert parse_review(json.dumps(review), "stop") == Review(review["score"], review["needs_work"], review["feedback"])


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("changed", [dict, ascii_only])
def test_every_string_and_array_of_a_schema_is_bounded_and_no_key_is_optional(name: str, changed) -> None:
    schema = changed(SCHEMAS[name])
    jsonschema.Draft202012Validator.check_schema(schema)

    for node in _nodes(schema):
        match node.get("type"):
            case "string":
                assert "maxLength" in node or "enum" in node
            case "array":
                assert "maxItems" in node
            case "object":
                assert node["required"] == list(node["properties"])
                assert node["additionalProperties"] is False


def test_the_modes_of_the_schema_are_the_modes() -> None:
    assert PLAN_SCHEMA["properties"]["mode"]["enum"] == list(MODES)


def test_ascii_only_adds_patterns_and_leaves_the_original_alone() -> None:
    before = json.dumps(PLAN_SCHEMA)

    changed = ascii_only(PLAN_SCHEMA)

    assert json.dumps(PLAN_SCHEMA) == before
    assert changed["properties"]["steps"]["items"]["pattern"] == "^[ !#-Z^-~]{1,160}$"
    assert changed["properties"]["question"]["pattern"] == "^[ !#-Z^-~]{0,240}$"
    assert changed["properties"]["kind"] == PLAN_SCHEMA["properties"]["kind"]
    jsonschema.validate(PLAN | {"choices": []}, changed)


def test_ascii_only_keeps_a_pattern_a_constant_and_schemas_in_lists() -> None:
    told = {"type": "string", "const": "é"}
    given = {"anyOf": [told, {"type": "string", "maxLength": 3}, {"type": "string", "pattern": "^a$", "maxLength": 3}]}

    assert ascii_only(given)["anyOf"] == [
        told,
        {"type": "string", "maxLength": 3, "pattern": "^[ !#-Z^-~]{0,3}$"},
        {"type": "string", "pattern": "^a$", "maxLength": 3},
    ]


def test_what_the_ascii_pattern_admits_stands_in_json_as_it_is() -> None:
    pattern = re.compile(ascii_only({"type": "string", "maxLength": 1})["pattern"])
    admitted = [chr(code) for code in range(0x2FF) if pattern.fullmatch(chr(code))]

    assert len(admitted) == 95 - len('"\\[]')
    assert all(json.dumps(character) == f'"{character}"' for character in admitted)


def test_the_templates_name_every_key_of_their_schema() -> None:
    planner, reviewer = SHIPPED.render("planner", mode="peer", modes=""), SHIPPED.render("reviewer")

    for text, schema in ((planner, PLAN_SCHEMA), (reviewer, REVIEW_SCHEMA)):
        for key in schema["properties"]:
            assert f'"{key}":' in text
            assert f"\n- {key}: " in text
