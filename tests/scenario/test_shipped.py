"""Every shipped scenario, and the blank one: a new one is tested without being listed."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from rearguard.engine import Program
from rearguard.scenario.load import LoadedScenario, load_scenario
from rearguard.study.run import prepare_program
from rearguard.templates import template_file, templates

WORLDS = 20


@cache
def loaded(name: str) -> LoadedScenario:
    file = template_file(name)
    assert file is not None
    return load_scenario(file)


@cache
def program(name: str) -> Program:
    return prepare_program(loaded(name))


@pytest.fixture(params=list(templates()))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_it_is_named_after_its_folder_and_says_what_it_is_about(name: str) -> None:
    scenario = loaded(name).scenario
    assert scenario.name == name
    assert scenario.about
    assert all(choice.about for choice in scenario.choices.values())
    assert all(factor.about for factor in scenario.factors.values())
    assert all(end.about for end in scenario.ends.values())


def test_its_worlds_end_in_two_ways_at_least_and_outgrow_nothing(name: str) -> None:
    result = program(name).play(0, np.arange(WORLDS))
    ends = result.outcomes["outcome"]
    assert len(set(ends[ends >= 0].tolist())) >= 2
    assert result.outcomes["overflow"].tolist() == [0] * WORLDS
    assert np.isfinite(result.outcomes["end_time"]).all()


def test_everybody_who_has_entered_goes_somewhere(name: str) -> None:
    result = program(name).play(0, np.arange(WORLDS))
    ran = result.people["distance"].max(axis=0)
    late = [person.start.nominal > 0.5 * loaded(name).scenario.time.limit.nominal for person in everybody(name)]
    assert ((ran > 1.0) | np.array(late)).all()


def everybody(name: str) -> list:
    from rearguard.scenario.check import expand_people

    return [person for _, person, *_ in expand_people(loaded(name).scenario)]


def test_every_value_of_its_choices_can_be_played(name: str) -> None:
    file = template_file(name)
    assert file is not None
    for choice, entry in loaded(name).scenario.choices.items():
        for value in entry.of:
            again = load_scenario(file, overrides=[f"choices.{choice}.default={value}"])
            result = prepare_program(again).play(0, np.arange(4), log=False)
            assert result.outcomes["overflow"].tolist() == [0] * 4
