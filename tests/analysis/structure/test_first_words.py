import pytest

from vivek.analysis.structure.first_words import first_words


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('"""Counts what was sold. And more."""\nimport os\n', 1, "Counts what was sold."),
        (
            '#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n\n"""\nCounts what was sold.\n"""\n',
            5,
            "Counts what was sold.",
        ),
        ("// Package money adds amounts. It never rounds.\npackage money\n", 1, "Package money adds amounts."),
        ("/**\n * Serves the counter.\n */\nexport {};\n", 2, "Serves the counter."),
        ("//! Keeps the journal\nuse std::fs;\n", 1, "Keeps the journal"),
        ("'use strict';\n// Draws the page.\n", 2, "Draws the page."),
        ("-- Tables of the shop.\nCREATE TABLE x (a);\n", 1, "Tables of the shop."),
    ],
)
def test_a_file_speaks_of_itself_in_its_first_comment_or_docstring(text: str, line: int, said: str) -> None:
    assert first_words(text) == (line, said)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "import os\n# Later.\n",
        "# Copyright 2020 the shop\nimport os\n",
        "/* SPDX-License-Identifier: MIT */\nint x;\n",
        "# ---------\n\nx = 1\n",
    ],
)
def test_code_and_licences_are_no_words_about_the_file(text: str) -> None:
    assert first_words(text) is None
