"""Sentences for the codes of the Qt-free half, so that they can be translated.

English keeps that half's own sentence, which says more: sizes, names. A test holds the two lists together.
"""

from __future__ import annotations

from edge_app.analysis.marking import QT_TRANSLATE_NOOP

NOTICES: dict[str, str] = {
    "dicom.bits_stored": QT_TRANSLATE_NOOP(
        "Words", "The header and the compressed film state different numbers of bits."
    ),
    "dicom.bits_unused": QT_TRANSLATE_NOOP("Words", "The header states more or fewer bits than the film uses."),
    "dicom.burned_in": QT_TRANSLATE_NOOP("Words", "The picture itself may show the patient's name."),
    "dicom.enhanced": QT_TRANSLATE_NOOP(
        "Words", "The file states grey values for each frame in a way that is not read."
    ),
    "dicom.for_processing": QT_TRANSLATE_NOOP(
        "Words", "The file holds raw detector data, not the film as it is meant to be seen."
    ),
    "dicom.frames": QT_TRANSLATE_NOOP("Words", "The file holds several pictures; only the first of them was read."),
    "dicom.overlay": QT_TRANSLATE_NOOP("Words", "A drawing inside the film's pixels was left out."),
    "dicom.presentation": QT_TRANSLATE_NOOP("Words", "The file contradicts itself on black and white."),
    "dicom.signed": QT_TRANSLATE_NOOP("Words", "The film's grey values are signed, which is unusual for a radiograph."),
    "dicom.window": QT_TRANSLATE_NOOP("Words", "The file states a brightness window that cannot be used."),
    "exif.rotated": QT_TRANSLATE_NOOP("Words", "The film was turned upright as its EXIF data says."),
    "film.photographed": QT_TRANSLATE_NOOP(
        "Words", "This is a photograph of a film; the model was not trained on photographs."
    ),
    "gate.missing": QT_TRANSLATE_NOOP(
        "Words", "The model cannot tell whether this is a chest film: judge that yourself."
    ),
    "population.outside": QT_TRANSLATE_NOOP("Words", "Not validated for such a patient: do not use this score."),
    "quality.blurred": QT_TRANSLATE_NOOP("Words", "The film is blurred."),
    "quality.bright": QT_TRANSLATE_NOOP("Words", "The film is brighter than those the model knows."),
    "quality.clipped": QT_TRANSLATE_NOOP("Words", "Much of the film is fully black or fully white."),
    "quality.cropped": QT_TRANSLATE_NOOP("Words", "Much of the picture is empty: check that the film is whole."),
    "quality.dark": QT_TRANSLATE_NOOP("Words", "The film is darker than those the model knows."),
    "quality.low_contrast": QT_TRANSLATE_NOOP("Words", "The film has less contrast than those the model knows."),
    "quality.noisy": QT_TRANSLATE_NOOP("Words", "The film is noisier than those the model knows."),
    "quality.photographed": QT_TRANSLATE_NOOP(
        "Words", "The picture has colours, as a photograph of a film has. Export the film itself."
    ),
    "quality.small": QT_TRANSLATE_NOOP("Words", "The film has few pixels; small findings are lost."),
    "raster.alpha": QT_TRANSLATE_NOOP("Words", "Transparent parts of the picture were taken as black."),
    "raster.colour": QT_TRANSLATE_NOOP("Words", "The picture has colours; a film has none."),
    "raster.depth": QT_TRANSLATE_NOOP(
        "Words", "The film does not use all grey values of its file; it is shown over the range it uses."
    ),
    "raster.pages": QT_TRANSLATE_NOOP("Words", "The file holds several pictures; only the first of them was read."),
}

REASONS: dict[str, tuple[str, str]] = {
    "dicom.codec_missing": (
        QT_TRANSLATE_NOOP("Words", "The film is compressed, and the decoder for it is not installed."),
        QT_TRANSLATE_NOOP("Words", "Install python-gdcm, or export the film uncompressed."),
    ),
    "dicom.depth": (
        QT_TRANSLATE_NOOP("Words", "The film has a number of bits that is not read."),
        QT_TRANSLATE_NOOP("Words", "Export the film with 16 bits."),
    ),
    "dicom.float_pixels": (
        QT_TRANSLATE_NOOP("Words", "The DICOM file holds measured values, not a film."),
        QT_TRANSLATE_NOOP("Words", "Export the film itself."),
    ),
    "dicom.no_pixels": (
        QT_TRANSLATE_NOOP("Words", "The DICOM file holds no picture."),
        QT_TRANSLATE_NOOP("Words", "Export the film itself."),
    ),
    "dicom.palette": (
        QT_TRANSLATE_NOOP("Words", "The colours of the picture are stored in a way that is not read."),
        QT_TRANSLATE_NOOP("Words", "Export it as MONOCHROME2 or RGB."),
    ),
    "dicom.photometric": (
        QT_TRANSLATE_NOOP("Words", "The file states pixels of a kind that is not read."),
        QT_TRANSLATE_NOOP("Words", "Export the film as MONOCHROME2."),
    ),
    "dicom.too_complex": (
        QT_TRANSLATE_NOOP("Words", "The DICOM header is larger than that of any film."),
        QT_TRANSLATE_NOOP("Words", "Export the film again from its source."),
    ),
    "dicom.too_many_frames": (
        QT_TRANSLATE_NOOP("Words", "The file states more pictures than are read."),
        QT_TRANSLATE_NOOP("Words", "Export the single film by itself."),
    ),
    "dicom.transfer_syntax": (
        QT_TRANSLATE_NOOP("Words", "The film is compressed in a way that cannot be read here."),
        QT_TRANSLATE_NOOP("Words", "Export the film uncompressed, or as JPEG Lossless, JPEG 2000, JPEG-LS or RLE."),
    ),
    "explain.failed": (QT_TRANSLATE_NOOP("Words", "The Keras model gave no usable heat map."), ""),
    "file.bomb": (
        QT_TRANSLATE_NOOP("Words", "The file would grow beyond any film when it is opened."),
        QT_TRANSLATE_NOOP("Words", "Export the film again from its source."),
    ),
    "file.broken": (
        QT_TRANSLATE_NOOP("Words", "The file is damaged or incomplete."),
        QT_TRANSLATE_NOOP("Words", "Copy or export it again from its source; nothing was scored."),
    ),
    "file.empty": (
        QT_TRANSLATE_NOOP("Words", "The file is empty (zero bytes)."),
        QT_TRANSLATE_NOOP("Words", "Copy the file again from its source."),
    ),
    "file.missing": (
        QT_TRANSLATE_NOOP("Words", "The file does not exist or is not a file."),
        QT_TRANSLATE_NOOP("Words", "Check the path."),
    ),
    "file.too_large": (
        QT_TRANSLATE_NOOP("Words", "The file is larger than any film."),
        QT_TRANSLATE_NOOP("Words", "Export the single film by itself."),
    ),
    "file.two_faced": (
        QT_TRANSLATE_NOOP("Words", "The file is a DICOM file and a program at once."),
        QT_TRANSLATE_NOOP("Words", "Do not open it elsewhere; show it to whoever looks after the computers."),
    ),
    "file.unknown_format": (
        QT_TRANSLATE_NOOP("Words", "The file is not a film that can be read."),
        QT_TRANSLATE_NOOP("Words", "Give a DICOM, JPEG, PNG, TIFF, WEBP or BMP film."),
    ),
    "file.unreadable": (
        QT_TRANSLATE_NOOP("Words", "The file could not be read."),
        QT_TRANSLATE_NOOP("Words", "Check the file's permissions and the disk."),
    ),
    "folder.unreadable": (
        QT_TRANSLATE_NOOP("Words", "The folder cannot be listed."),
        QT_TRANSLATE_NOOP("Words", "Check the folder's rights."),
    ),
    "cluster.lost": (
        QT_TRANSLATE_NOOP("Words", "The film was not analysed: the workers that tried it were lost."),
        "",
    ),
    "film.changed": (
        QT_TRANSLATE_NOOP("Words", "The file changed since it was analysed."),
        QT_TRANSLATE_NOOP("Words", "Analyse it again."),
    ),
    "film.depth": (
        QT_TRANSLATE_NOOP("Words", "The picture stores its pixels in a way that is not read."),
        QT_TRANSLATE_NOOP("Words", "Export it as a grey PNG of 8 or 16 bits."),
    ),
    "film.too_many_pixels": (
        QT_TRANSLATE_NOOP("Words", "The picture has more pixels than any chest film."),
        QT_TRANSLATE_NOOP("Words", "Export the film at its own size."),
    ),
    "film.too_small": (
        QT_TRANSLATE_NOOP("Words", "The picture has too few pixels for a film."),
        QT_TRANSLATE_NOOP("Words", "Open the film itself, not a thumbnail of it."),
    ),
    "gate.blank": (
        QT_TRANSLATE_NOOP("Words", "The film is blank or nearly so."),
        QT_TRANSLATE_NOOP("Words", "Check the exposure and the export."),
    ),
    "gate.body_part": (
        QT_TRANSLATE_NOOP("Words", "The file says that it shows another part of the body."),
        QT_TRANSLATE_NOOP("Words", "Give a frontal chest radiograph; if it is one, have its label corrected."),
    ),
    "gate.cropped": (
        QT_TRANSLATE_NOOP("Words", "Much of the picture is empty: the film is cut, or only half of it was read."),
        QT_TRANSLATE_NOOP("Words", "Open the whole film, without wide borders."),
    ),
    "gate.inverted": (
        QT_TRANSLATE_NOOP("Words", "The film is inverted: what is bright in a chest film is dark in it."),
        QT_TRANSLATE_NOOP("Words", "Export it again with black and white as on a light box, or correct its header."),
    ),
    "gate.lateral": (
        QT_TRANSLATE_NOOP("Words", "The file says that it is a lateral film."),
        QT_TRANSLATE_NOOP("Words", "Give the frontal film of the study."),
    ),
    "gate.modality": (
        QT_TRANSLATE_NOOP("Words", "The file says that it is no radiograph."),
        QT_TRANSLATE_NOOP("Words", "Give a frontal chest radiograph."),
    ),
    "gate.not_chest": (
        QT_TRANSLATE_NOOP("Words", "The picture does not look like the frontal chest films that the model knows."),
        QT_TRANSLATE_NOOP(
            "Words",
            "Give a whole, upright, frontal chest radiograph. If this is one, the model does not know its kind.",
        ),
    ),
    "gate.rotated": (
        QT_TRANSLATE_NOOP("Words", "The film is turned or upside down."),
        QT_TRANSLATE_NOOP("Words", "Turn it upright and open it again."),
    ),
    "gate.too_small": (
        QT_TRANSLATE_NOOP("Words", "The film has too few pixels to be read."),
        QT_TRANSLATE_NOOP("Words", "Open the film itself, not a thumbnail of it."),
    ),
    "internal": (
        QT_TRANSLATE_NOOP("Words", "The film could not be analysed: an internal error."),
        QT_TRANSLATE_NOOP("Words", "Please report it."),
    ),
    "worker.cancelled": (QT_TRANSLATE_NOOP("Words", "The analysis was cancelled."), ""),
    "worker.crashed": (
        QT_TRANSLATE_NOOP("Words", "The film was not analysed: it made the analysis process stop."),
        QT_TRANSLATE_NOOP("Words", "Other films are not affected."),
    ),
    "worker.replaced": (QT_TRANSLATE_NOOP("Words", "The model was replaced."), ""),
    "worker.timeout": (
        QT_TRANSLATE_NOOP("Words", "The film was not analysed: it took too long."),
        QT_TRANSLATE_NOOP("Words", "Other films are not affected."),
    ),
    "worker.unavailable": (
        QT_TRANSLATE_NOOP("Words", "The model could not be started."),
        QT_TRANSLATE_NOOP("Words", "See Help, About the model."),
    ),
}
