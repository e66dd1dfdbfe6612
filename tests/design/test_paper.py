import numpy as np
import pytest

from ballotscan.design.paper import Fold, Paper, Seal, Sheet, Tear, wear

DPI = 200
PX_PER_MM = DPI / 25.4
SNOW = (1.0, 1.0, 1.0)


def blank():
    return Sheet(np.full((1169, 827, 3), 255, dtype=np.uint8), DPI)


def worn(paper, seed=2):
    return wear(blank(), paper, np.random.default_rng(seed))


def test_unharmed_paper_keeps_its_print():
    page = blank()
    page.pixels[300:310, 200:600] = 0

    sheet = wear(page, Paper(tone=SNOW), np.random.default_rng(2))

    assert (sheet.pixels == page.pixels).all()


def test_paper_takes_its_tone():
    sheet = worn(Paper(tone=(0.5, 0.8, 1.0)))

    assert sheet.pixels[50, 50].tolist() == [128, 204, 255]


def test_a_seal_is_red_and_lies_in_its_circle():
    sheet = worn(Paper(tone=SNOW, seal=Seal("ĐẢNG BỘ HUYỆN", "BAN CHẤP HÀNH", 40, 40, 30)))

    rows, columns = np.nonzero(sheet.pixels[:, :, 0] < 200)
    radii = np.hypot(columns / PX_PER_MM - 40, rows / PX_PER_MM - 40)
    assert 14 < radii.max() < 15.6
    assert (sheet.pixels[:, :, 2] >= sheet.pixels[:, :, 0]).all()
    assert len(rows) > 2000


def test_a_seal_at_the_corner_is_cut_off():
    sheet = worn(Paper(tone=SNOW, seal=Seal("ĐẢNG BỘ HUYỆN", "BAN CHẤP HÀNH", 2, 3, 30)))

    assert (sheet.pixels[: round(18 * PX_PER_MM), : round(17 * PX_PER_MM), 0] < 200).any()


@pytest.mark.parametrize("is_upright", [False, True])
def test_a_fold_is_a_dark_line_where_it_was_made(is_upright):
    sheet = worn(Paper(tone=SNOW, folds=(Fold(0.5, is_upright, depth=0.4),)))

    darkness = 255 - sheet.pixels[:, :, 0].mean(axis=0 if is_upright else 1)
    assert darkness.argmax() == pytest.approx(len(darkness) / 2, abs=2)
    assert darkness.max() > 4 * np.median(darkness) + 20


def test_torn_paper_is_gone_beyond_the_tear():
    sheet = worn(Paper(tears=(Tear(80, 120, 45),)))

    assert sheet.gone[-5, -5]
    assert not sheet.gone[:600, :600].any()


def test_a_punched_hole_is_6_mm_wide():
    sheet = worn(Paper(holes_mm=((20, 50),)))

    assert sheet.gone.sum() / PX_PER_MM**2 == pytest.approx(np.pi * 9, rel=0.05)


def test_the_back_shines_through_mirrored_and_pale():
    back = np.full((1169, 827), 255, dtype=np.uint8)
    back[500:600, 100:200] = 0

    sheet = wear(blank(), Paper(tone=SNOW, show_through=0.1), np.random.default_rng(2), back=back)

    assert sheet.pixels[550, 826 - 150, 0] == pytest.approx(0.9 * 255, abs=2)
    assert sheet.pixels[550, 150, 0] == 255


def test_a_staple_is_metal_on_the_paper():
    sheet = worn(Paper(staples_mm=((30, 20),)))

    place = sheet.pixels[
        round(18 * PX_PER_MM) : round(22 * PX_PER_MM), round(25 * PX_PER_MM) : round(35 * PX_PER_MM)
    ]
    assert (place < 120).any()


def test_the_same_seed_wears_paper_the_same_way():
    paper = Paper(
        seal=Seal("ĐẢNG BỘ HUYỆN", "BAN CHẤP HÀNH", 40, 40),
        folds=(Fold(0.3),),
        tears=(Tear(90, 130, 30),),
        crumple=0.5,
    )

    assert np.array_equal(worn(paper).pixels, worn(paper).pixels)


def test_grey_paper_stays_grey_until_it_is_sealed():
    page = Sheet(np.full((1169, 827), 255, dtype=np.uint8), DPI)
    seal = Seal("ĐẢNG BỘ HUYỆN", "BAN CHẤP HÀNH", 40, 40)

    plain, sealed = (
        wear(page, paper, np.random.default_rng(2)) for paper in (Paper(), Paper(seal=seal))
    )

    assert plain.pixels.ndim == 2
    assert sealed.pixels.ndim == 3
