"""Roles guessed from names as they come out of training runs."""

from __future__ import annotations

import pytest

from osisnr_gui.session.guess import Role, name_role, read_roles

R, E, M = Role.REFERENCE, Role.ESTIMATE, Role.MIXTURE


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        (["ref.wav", "est.wav"], [R, E]),
        (["est.wav", "ref.wav"], [E, R]),
        (["utt1_enhanced.wav", "utt1_clean.wav", "utt1_noisy.wav"], [E, R, M]),
        (["mix.wav", "s1.wav", "s1_est.wav"], [M, R, E]),
        (["s1.wav", "s2.wav", "mix.wav"], [R, E, M]),
        (["target.flac", "output.flac"], [R, E]),
        (["out.wav", "target.wav"], [E, R]),
        (["irm.npy", "mask.npy"], [R, E]),
        (["mask.npy", "irm.npy"], [E, R]),
        (["est_irm.npy", "irm.npy"], [E, R]),
        (["estimated-mask.npz", "ideal.npz"], [E, R]),
        (["a.wav", "b.wav"], [R, E]),
        (["a.wav", "b.wav", "c.wav"], [R, E, E]),
        (["model_a_est.wav", "model_b_est.wav", "original.wav"], [E, E, R]),
        (["est_a.wav", "est_b.wav"], [R, E]),
        (["noisy.wav", "clean.wav"], [E, R]),
        (["Mixture.WAV", "Reference.WAV", "Separated.WAV"], [M, R, E]),
        (["nearend_mic.wav", "processed.wav"], [E, R]),
        (["restore.wav", "reference.wav"], [E, R]),
        (["mix.wav", "est1.wav", "est_2.wav"], [M, R, E]),
        (["mix.wav", "est1.wav", "x_est.wav"], [M, R, E]),
        (["mix.wav", "a_est.wav", "b_est.wav"], [M, R, E]),
        (["mix.wav", "a_est.wav"], [E, R]),
        (["mix.wav", "noisy.wav"], [R, E]),
        (["mix.wav"], [R]),
        (["only.wav"], [R]),
        ([], []),
    ],
)
def test_sets_of_names(names: list[str], roles: list[Role]) -> None:
    assert list(read_roles([f"/data/ref/{name}" for name in names]).roles) == roles


def test_folders_say_nothing() -> None:
    assert name_role("/clean/est/mix/a.wav") is None


def test_words_not_parts_of_words() -> None:
    assert name_role("restaurant.wav") is None
    assert name_role("cleaning.wav") is None
    assert name_role("mixer.wav") is None
    assert name_role("03-est.01.wav") is E


def test_with_a_reference_already_open() -> None:
    assert list(read_roles(["a.wav"], has_reference=True).roles) == [E]
    assert list(read_roles(["clean.wav", "est.wav"], has_reference=True).roles) == [E, E]
    assert list(read_roles(["a.wav", "mix.wav", "mix2.wav"], has_reference=True, has_mixture=True).roles) == [E, E, E]


def test_a_mixture_beside_what_is_open() -> None:
    assert list(read_roles(["noisy.wav"], has_reference=True).roles) == [M]
    assert list(read_roles(["noisy.wav", "a.wav"], has_reference=True).roles) == [M, E]
    assert list(read_roles(["noisy.wav"], has_reference=True, has_mixture=True).roles) == [E]
    # A reference alone waits for something to compare it with.
    assert list(read_roles(["noisy.wav"], has_reference=True, has_estimate=False).roles) == [E]
    assert list(read_roles(["noisy.wav", "a.wav"], has_reference=True, has_estimate=False).roles) == [M, E]


@pytest.mark.parametrize("has_reference", [True, False])
def test_at_most_one_reference_and_one_mixture(has_reference: bool) -> None:
    names = [f"{word}_{k}.wav" for k in range(3) for word in ("ref", "clean", "mix", "noisy", "est", "x")]
    roles = read_roles(names, has_reference=has_reference).roles
    assert roles.count(R) == (not has_reference)
    assert roles.count(M) == 1
    assert len(roles) == len(names)


#: Names as corpora, challenges and training runs give them, and the roles they must be read as; "?" for sets that do
#: not tell. WSJ0-2mix, LibriMix, VoiceBank-DEMAND, DNS and AEC Challenge, MUSDB, URGENT, ESPnet, experiments.
SCHEMES = """
ref.wav est.wav | RE
ref1.wav est1.wav | RE
est1.wav est2.wav mix.wav ref1.wav ref2.wav | EEMRR
ref16k.wav est8k.wav | RE
clean_48k.wav clean_16k.wav | ?
clean_48k.wav clean_48k_enh.wav | RE
001_ref.wav 001_est.wav | RE
001_est.wav 001_ref.wav | ER
out_epoch12.wav target.wav | ER
out_epoch12.wav out_epoch13.wav ref.wav | EER
out_epoch12.wav out_epoch13.wav | ?
s1/0001.wav s2/0001.wav mix_clean/0001.wav | ?
mix_clean/0001.wav s1/0001.wav est_s1/0001.wav | MRE
wsj/mix/011a.wav wsj/s1/011a.wav wsj/s2/011a.wav out/s1/011a.wav out/s2/011a.wav | MRREE
s1.wav s1_est.wav | RE
s1.wav s2.wav s1_est.wav s2_est.wav mix.wav | RREEM
mix_both/5694-64029.wav s1/5694-64029.wav | ER
mix_both/a.wav s1/a.wav s1_hat/a.wav | MRE
Libri2Mix/s1/a.wav sepformer/s1/a.wav | RE
clean_testset_wav/p232_001.wav noisy_testset_wav/p232_001.wav | RE
clean_testset_wav/p232_001.wav enhanced/p232_001.wav | RE
noisy_testset_wav/p232_001.wav clean_testset_wav/p232_001.wav enhanced/p232_001.wav | MRE
p232_001_clean.wav p232_001_enhanced.wav p232_001_noisy.wav | REM
clean_fileid_1.wav noisy_fileid_1_snr5.wav | RE
clean/clean_fileid_1.wav noisy/x_fileid_1.wav enhanced/x_fileid_1.wav | RME
book_01_target.wav book_01_out.wav | RE
nearend_speech_fileid_0.wav nearend_mic_fileid_0.wav | RE
nearend_speech_fileid_0.wav nearend_mic_fileid_0.wav aec_out_fileid_0.wav | RME
nearend_mic_fileid_0.wav processed_fileid_0.wav | ?
near_end.wav mic.wav out.wav | RME
musdb/test/A/vocals.wav out/htdemucs/A/vocals.wav | RE
ref/vocals.wav est/vocals.wav | RE
est/vocals.wav ref/vocals.wav | ER
ref/A/vocals.wav est/A/vocals.wav | RE
vocals.wav vocals_est.wav | RE
vocals.wav mixture.wav | ?
vocals.wav vocals.wav | RE
mixture.wav vocals.wav vocals_demucs.wav | MRE
vocals.wav drums.wav | ?
clean/fileid_1.flac noisy/fileid_1.flac enhanced/fileid_1.flac | RME
dump/test/spk1.wav enhanced_test/spk1.wav | RE
spk1.wav spk2.wav enh_spk1.wav enh_spk2.wav | RREE
ref_spk1.wav ref_spk2.wav est_spk1.wav est_spk2.wav | RREE
ref/s1.wav ref/s2.wav est/s1.wav est/s2.wav | RREE
spk1.wav spk2.wav | ?
target.flac output.flac | RE
irm.npy est_irm.npy | RE
irm.npy mask.npy | RE
psm_true.npy psm_pred.npy | RE
ground_truth.wav prediction.wav | RE
GroundTruth.wav Prediction.wav | RE
gt.wav pred.wav | RE
cleanSpeech.wav enhancedSpeech.wav | RE
Clean-01.wav Denoised-01.wav | RE
utt1_enhanced.wav utt1_clean.wav utt1_noisy.wav | ERM
a.wav b.wav | ?
model_a.wav model_b.wav reference.wav | EER
convtasnet.wav sepformer.wav source.wav | EER
convtasnet_ep10.wav convtasnet_ep20.wav clean.wav | EER
anechoic.wav reverberant.wav derev.wav | REE
dry.wav wet.wav dereverberated.wav | REE
speech.wav speech_denoised.wav | RE
speech.wav speech_noisy.wav | ?
input.wav output.wav | ?
input.wav output.wav target.wav | MER
original.wav processed.wav | RE
tgt_000.wav hyp_000.wav | RE
0001_gt.wav 0001_pred.wav 0001_mix.wav | REM
reference_44k1.wav estimate_44k1.wav | RE
enh/clean_book1.wav clean/clean_book1.wav | ER
exp1/out.wav exp2/out.wav ref/out.wav | EER
run1/est.wav run2/est.wav data/ref.wav | EER
epoch10/s1.wav epoch20/s1.wav gt/s1.wav | EER
sample-1.wav sample-1_rnnoise.wav | RE
noise.wav clean.wav | ER
noisy.wav noise.wav clean.wav | MER
ref_mix.wav ref_vocals.wav est_vocals.wav | MRE
mix_ref.wav mix_est.wav | RE
clean.wav mix_clean.wav | RE
clean.wav clean_hat.wav | RE
s.wav s_hat.wav | RE
spk1_target.wav spk1_hat.wav | RE
spk1.wav spk2.wav spk1_out.wav spk2_out.wav | RREE
label.wav infer.wav | RE
rir0_direct.wav rir0_dereverb.wav | RE
target.wav spleeter.wav demucs.wav | REE
vocals_gt.wav vocals_umx.wav | RE
61-70968-0000_clean.wav 61-70968-0000_noisy.wav | RE
clean_fileid_1.wav enh_fileid_1.wav noisy_fileid_1.wav | REM
reference_audio.wav degraded_audio.wav | RE
tt/s1/a.wav exp/run3/s1/a.wav | ?
F01_CAF_headset.wav F01_CAF_bf.wav | ?
orig.wav dec_opus_6kbps.wav | ?
"""


@pytest.mark.parametrize("scheme", SCHEMES.strip().splitlines())
def test_naming_schemes(scheme: str) -> None:
    names, wanted = scheme.split(" | ")
    reading = read_roles([f"/data/{name}" for name in names.split()])
    assert (_letters(reading.roles) if reading.sure else "?") == wanted
    assert reading.sure == (reading.other is None)


def test_most_schemes_tell() -> None:
    asked = [scheme for scheme in SCHEMES.strip().splitlines() if scheme.endswith("?")]
    assert len(asked) <= len(SCHEMES.strip().splitlines()) / 4


def test_both_likeliest_readings_are_there_where_names_do_not_tell() -> None:
    reading = read_roles(["/x/a.wav", "/x/b.wav", "/x/c.wav"])
    assert _letters(reading.roles) == "REE"
    assert _letters(reading.other or ()) == "ERE"


def test_the_order_of_the_files_does_not_matter_where_names_tell() -> None:
    for scheme in SCHEMES.strip().splitlines():
        names, wanted = scheme.split(" | ")
        if wanted != "?" and len(set(names.split())) == len(wanted):
            paths = [f"/data/{name}" for name in names.split()]
            told = dict(zip(paths, wanted, strict=True))
            turned = paths[::-1]
            assert _letters(read_roles(turned).roles) == "".join(told[path] for path in turned), scheme


def _letters(roles: tuple[Role, ...]) -> str:
    return "".join(role.name[0] for role in roles)
