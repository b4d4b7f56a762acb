"""Abbreviations are written out as the texts write them."""

import pytest

from assistant import abbreviations, corpus, settings
from assistant.abbreviations import written_out


@pytest.mark.parametrize(
    ("language", "asked", "meant"),
    [
        ("nl", "erkend, GH kinderen, termijn?", "erkend, gezinshereniging kinderen, termijn?"),
        ("fr", "Que dit la loi sur le RF ?", "Que dit la loi sur le regroupement familial ?"),
        ("fr", "DG Personnes handicapées, Eupen", "DG Personnes handicapées, Eupen"),
        ("de", "Pflichtkurs DG, wer?", "Pflichtkurs Deutschsprachige Gemeinschaft, wer?"),
        ("nl", "MIJN LOI SLUIT, WAT NU?", "MIJN LOI SLUIT, WAT NU?"),
        ("fr", "LOI du 15 décembre 1980", "LOI du 15 décembre 1980"),
        ("nl", "DG Vreemdelingen, Brussel", "DG Vreemdelingen, Brussel"),
        ("en", "Employment of MENA migrants in Belgium", "Employment of MENA migrants in Belgium"),
        ("tr", "RIS ne kadar?", "RIS ne kadar?"),
    ],
)
def test_only_capitals_of_the_language_are_written_out(language: str, asked: str, meant: str) -> None:
    assert written_out(asked, language) == meant


def test_every_name_is_one_that_the_texts_use() -> None:
    documents = corpus.load(settings.load().corpus).documents.values()
    for language, names in abbreviations._NAMES.items():
        text = " ".join(d.text for d in documents if d.language == language).lower()
        unknown = [name for name in names.values() if name.lower() not in text]
        assert not unknown, f"{language}: {unknown}"
