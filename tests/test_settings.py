"""ballotscan.toml changes what it names and nothing else."""

import pytest

from ballotscan.election.package import ElectionPackage
from ballotscan.errors import SettingsError
from ballotscan.settings import Settings, load_settings


def write(tmp_path, text):
    path = tmp_path / "ballotscan.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_means_the_defaults(tmp_path):
    assert load_settings(tmp_path / "ballotscan.toml") == Settings()


def test_a_key_changes_its_field_and_no_other(tmp_path):
    settings = load_settings(write(tmp_path, "[thresholds]\ndefinite = 0.3\n"))

    assert settings.canvass.thresholds.definite == 0.3
    assert settings.canvass.thresholds.marginal == Settings().canvass.thresholds.marginal
    assert settings.count == Settings().count


def test_a_stage_inside_a_stage_is_a_table_inside_a_table(tmp_path):
    settings = load_settings(write(tmp_path, "[registration.gate]\nleast_lift = 0.9\n"))

    assert settings.count.registration.gate.least_lift == 0.9


def test_a_whole_number_is_fine_where_a_share_is_wanted(tmp_path):
    assert (
        load_settings(write(tmp_path, "[thresholds]\ndefinite = 1\n")).canvass.thresholds.definite
        == 1.0
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[treshholds]\n", "did you mean 'thresholds'"),
        ("[thresholds]\ndefinit = 1\n", "did you mean 'definite'"),
        ("[thresholds]\ndefinite = 'high'\n", "must be of type float"),
        ("[reader]\npdf_dpi = 200.5\n", "must be of type int"),
        ("[thresholds]\nmarginal = 0.5\ndefinite = 0.2\n", "marginal"),
        ("thresholds = 3\n", "on a line of its own"),
        ("[thresholds\n", "line 1"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_write(tmp_path, text, words):
    path = write(tmp_path, text)

    with pytest.raises(SettingsError) as error:
        load_settings(path)

    assert words in str(error.value)
    assert str(path) in str(error.value)


def test_all_problems_are_told_at_once(tmp_path):
    with pytest.raises(SettingsError) as error:
        load_settings(write(tmp_path, "[thresholds]\nx = 1\n[reader]\ny = 2\n"))

    assert "thresholds.x" in str(error.value)
    assert "reader.y" in str(error.value)


def test_a_file_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "ballotscan.toml"
    path.write_bytes("# ngưỡng\n".encode("utf-16"))

    with pytest.raises(SettingsError, match="UTF-8"):
        load_settings(path)


def test_pages_are_measured_with_everything_that_was_set(tmp_path):
    changed = "[findings]\nwriting_mm2 = 9.5\n[thresholds]\ndefinite = 0.31\n"
    settings = load_settings(write(tmp_path, changed))

    plan = settings.plan(ElectionPackage(None, None, ()), audit_folder=None)

    options = (plan.options, plan.thresholds, plan.strikes, plan.findings)
    canvass = settings.canvass
    assert options == (settings.count, canvass.thresholds, canvass.strikes, canvass.findings)
    assert (canvass.findings.writing_mm2, canvass.thresholds.definite) == (9.5, 0.31)
