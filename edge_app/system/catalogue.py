"""The catalogue of messages: for each code an English template and a hint for the next step.

Window, PDF, CSV and command line take their common texts from here. `assets/translations/update.py` passes them to the
Qt translations, context `Message`. A placeholder contains the number format (`{share:.0f}`); a translation may change
the format but must use the same placeholders.
"""

from __future__ import annotations

from types import MappingProxyType

_REINSTALL = "Install the model bundle again."
_EXPORT_AGAIN = "Export the film again from its source."
_EXPOSE = "Do not rely on this score; export or expose the film again."
_REPORT = "Please report it."
_UNAFFECTED = "Other films are not affected."
_OTHER_OUTPUT = "Give another --output."

CATALOGUE: MappingProxyType[str, tuple[str, str]] = MappingProxyType(
    {
        # Reading a file
        "file.bomb": ("{name} would grow {reasons} when it is opened; no film does.", _EXPORT_AGAIN),
        "file.broken": (
            "{name} is damaged or incomplete.",
            "Copy or export it again from its source; nothing was scored.",
        ),
        "file.empty": ("{name} is empty (zero bytes).", "Copy the file again from its source."),
        "file.missing": ("{name} {reasons}.", "Check the path."),
        "file.too_large": (
            "{name} has {size_mb:.0f} MB; the limit is {limit_mb:.0f} MB.",
            "Export the single film by itself.",
        ),
        "file.two_faced": (
            "{name} is a DICOM file and a program at once.",
            "Do not open it elsewhere; show it to the person who looks after the computers.",
        ),
        "file.unknown_format": (
            "{name} is not a film that can be read.",
            "Give a DICOM, JPEG, PNG, TIFF, WEBP or BMP film.",
        ),
        "file.unreadable": ("{name} could not be read: {cause}.", "Check the file's permissions and the disk."),
        "file.unwritable": (
            "{name} could not be written: {cause}.",
            "Check the folder's rights and the space on the disk.",
        ),
        "folder.unmade": ("The folder {name} could not be made: {cause}.", "Check the rights of the folder above it."),
        "folder.unreadable": ("The folder {name} cannot be listed.", "Check the folder's rights."),
        "growth.above": ("to more than {limit_mb:.0f} MB", ""),
        "growth.times": ("{times:.0f} times", ""),
        "path.folder": ("is a folder", ""),
        "path.missing": ("does not exist", ""),
        "path.special": ("is not a file", ""),
        "film.bigtiff": ("{name} is a big-endian BigTIFF, which is not read.", "Export it as TIFF or PNG."),
        "film.changed": ("{name} changed since it was analysed.", "Analyse it again."),
        "film.colour_label": (
            "The file calls its colours {stated}; the pixels are {found}, and were read as that.",
            "",
        ),
        "film.compression": (
            "{name} is {reasons}, which is read inside DICOM files only.",
            "Give the DICOM file, or export the film as PNG.",
        ),
        "film.depth": (
            "{name} stores its pixels in a way that is not read ({mode}).",
            "Export it as a grey PNG of 8 or 16 bits.",
        ),
        "film.photographed": ("This is a photograph of a film; the model was not trained on photographs.", ""),
        "film.too_long": (
            "{name} has {columns} x {rows} pixels; neither side may have more than {limit}.",
            "Export the film at its own size.",
        ),
        "film.too_many_pixels": (
            "{name} has more than {limit_mp:.0f} million pixels, more than any chest film.",
            "Export the film at its own size.",
        ),
        "film.too_small": (
            "{name} has {columns} x {rows} pixels; a film needs at least {least} on its shorter side.",
            "Open the film itself, not a thumbnail of it.",
        ),
        "jpeg.deep": ("a JPEG of more than 8 bits", ""),
        "jpeg.hierarchical": ("a hierarchical JPEG", ""),
        "jpeg.lossless": ("a lossless JPEG", ""),
        "jpeg.ls": ("a JPEG-LS file", ""),
        "found.directory": ("lists of a disc's files ({count})", ""),
        "found.hidden": ("hidden files and folders ({count})", ""),
        "found.linked": ("linked folders ({count})", ""),
        "found.other": ("files that are no film ({count})", ""),
        "found.passed_over": ("Passed over in folders: {reasons}.", ""),
        "found.unreadable": ("files that cannot be read ({count})", ""),
        "exif.damaged": ("The file's EXIF data is damaged and was ignored: check that the film is upright.", ""),
        "exif.rotated": ("The film was turned upright as its EXIF data says.", ""),
        "raster.alpha": ("Transparent parts of the picture were taken as black.", ""),
        "raster.colour": ("The picture has colours; a film has none.", ""),
        "raster.depth": ("The film uses {used} of the file's 16 bits; it is shown over that range.", ""),
        "raster.gamma": ("The file states a brightness curve (gamma {gamma:.2f}), which is ignored.", ""),
        "raster.metadata": ("Part of the file's metadata is damaged and was ignored.", ""),
        "raster.opaque": ("The file states that the whole picture is transparent; that was ignored.", ""),
        "raster.pages": ("The file holds several pictures; only the first of them was read.", ""),
        "raster.profile": (
            "The file states a colour profile with a brightness curve of its own, which is ignored.",
            "",
        ),
        "raster.thumbnail": ("The file begins with a thumbnail; the full picture behind it was read.", ""),
        # DICOM
        "dicom.bits_stored": ("The header states {stated} bits, the compressed film {found}.", ""),
        "dicom.bits_unused": ("The header states {stated} bits for each pixel; the film uses {used}.", ""),
        "dicom.burned_in": ("The picture itself may show the patient's name.", ""),
        "dicom.codec_missing": (
            "{name} is compressed with {codec}, and the decoder for it is not installed (python-gdcm).",
            "Install it: pip install python-gdcm. Or export the film uncompressed.",
        ),
        "dicom.colours": (
            "{name} contradicts itself on its colours: {stated} by its labels, {found} by its pixels.",
            "Export the film as MONOCHROME2.",
        ),
        "dicom.contradiction": (
            "{name} contradicts itself: its header and its pixels do not agree.",
            "Export the film again from its source; nothing was scored.",
        ),
        "dicom.depth": (
            "{name} has {bits} bits for each pixel; films of 8 and 16 are read.",
            "Export the film with 16 bits.",
        ),
        "dicom.directory": (
            "{name} lists the files of a disc or folder; it is not a film.",
            "Give the folder that holds the films.",
        ),
        "dicom.enhanced": ("The file states grey values for each frame in a way that is not read.", ""),
        "dicom.float_pixels": ("{name} holds measured values, not a film.", "Export the film itself."),
        "dicom.for_processing": ("The file holds raw detector data, not the film as it is meant to be seen.", ""),
        "dicom.frame_count": ("The header states an impossible number of pictures; one was read.", ""),
        "dicom.frames": ("The file holds {frames} pictures; only the first of them was read.", ""),
        "dicom.high_bit": ("The header places {bits} bits at bit {stated}; the pixels decided where they are.", ""),
        "dicom.lut": ("The file holds a lookup table that cannot be used and was left out.", ""),
        "dicom.lut_bits": ("A lookup table states {stated} bits and uses {used}; it is shown over what it uses.", ""),
        "dicom.no_pixels": ("{name} holds no picture.", "Export the film itself."),
        "dicom.overlay": ("A drawing inside the film's pixels was left out.", ""),
        "dicom.palette": (
            "{name} stores its colours in a way that is not read (segmented palette).",
            "Export it as MONOCHROME2 or RGB.",
        ),
        "dicom.photometric": (
            "{name} states pixels of a kind that is not read: {photometric}, {samples} samples for each.",
            "Export the film as MONOCHROME2.",
        ),
        "dicom.presentation": ("The file contradicts itself on black and white: {photometric}, {shape}.", ""),
        "dicom.rescale": ("The file states a rescaling of grey values that cannot be used and was left out.", ""),
        "dicom.signed": ("The film's grey values are signed, which is unusual for a radiograph.", ""),
        "dicom.too_complex": ("The DICOM header of {name} {reasons}.", _EXPORT_AGAIN),
        "dicom.too_many_frames": (
            "{name} states {frames:.0f} frames; at most {limit} are read.",
            "Export the single film by itself.",
        ),
        "dicom.transfer_syntax": (
            "{name} is compressed in a way that cannot be read here: {reasons} ({uid}).",
            "Export the film uncompressed, or as JPEG Lossless, JPEG 2000, JPEG-LS or RLE.",
        ),
        "header.elements": ("has more than {limit} elements; a film's has a few hundred", ""),
        "header.nested": ("is nested more than {limit} deep", ""),
        "syntax.encapsulated_native": ("uncompressed pixels in fragments", ""),
        "syntax.invalid": ("not a valid identifier", ""),
        "syntax.jpeg_2000_high_throughput": ("High-Throughput JPEG 2000", ""),
        "syntax.jpeg_2000_part_2": ("multi-component JPEG 2000 or JPIP", ""),
        "syntax.jpeg_xl": ("JPEG XL", ""),
        "syntax.private": ("a private transfer syntax of a manufacturer", ""),
        "syntax.unknown": ("an unknown transfer syntax", ""),
        "syntax.video": ("a video (MPEG or HEVC)", ""),
        "dicom.window": ("The file states a brightness window that cannot be used.", ""),
        # The gate: refusals
        "gate.blank": (
            "The film is blank or nearly so: {levels} grey levels, {contrast:.0f} of 255 between dark and bright.",
            "Check the exposure and the export.",
        ),
        "gate.body_part": (
            "The file says that it shows another part of the body ({part}).",
            "Give a frontal chest radiograph; if it is one, have its label corrected.",
        ),
        "gate.cropped": (
            "{percent:.0f}% of the picture is empty: the film is cut, or only half of it was read.",
            "Open the whole film, without wide borders.",
        ),
        "gate.inverted": (
            "The film is inverted: what is bright in a chest film is dark in it.",
            "Export it again with black and white as on a light box, or correct its header.",
        ),
        "gate.lateral": (
            "The file says that it is a lateral film (view {view}).",
            "Give the frontal film of the study.",
        ),
        "gate.missing": ("The model cannot tell whether this is a chest film: judge that yourself.", ""),
        "gate.modality": (
            "The file says that it is no radiograph (modality {modality}).",
            "Give a frontal chest radiograph.",
        ),
        "gate.not_chest": (
            "The picture does not look like the frontal chest films that the model knows.",
            "Give a whole, upright, frontal chest radiograph. If this is one, the model does not know its kind.",
        ),
        "gate.not_film": (
            "The picture is not recognised as one whole, upright, frontal chest film.",
            "Give a frontal chest radiograph, uncut and without wide borders.",
        ),
        "gate.rotated": ("The film is {reasons}.", "Turn it upright and open it again."),
        "gate.too_small": (
            "The film has {columns} x {rows} pixels, too few to be read: at least {least} are needed on the shorter "
            "side.",
            "Open the film itself, as large as the hospital's system gives it.",
        ),
        "view.flipped": ("flipped top to bottom", ""),
        "view.turned_left": ("turned a quarter to the left", ""),
        "view.turned_right": ("turned a quarter to the right", ""),
        "view.upside_down": ("upside down", ""),
        # The gate: population
        "population.outside": (
            "Not validated for this patient: do not use this score. Reason: {reasons}. "
            "The model knows patients of {least:.0f} to {greatest:.0f} years.",
            "This site refuses such films.",
        ),
        "population.appearance": ("the film looks unlike the films the model knows", ""),
        "population.modality": ("the modality is {modality}", ""),
        "population.age_conflict": (
            "the file states an age of {stated:.0f} years, and dates that make {computed:.0f} years",
            "",
        ),
        "population.age_dates": ("the film is dated before the patient's birth", ""),
        "population.age_unreadable": ("the patient's age in the file cannot be read", ""),
        "population.decubitus": ("the patient lies on the side (decubitus)", ""),
        "population.months": ("the patient is {months:.0f} months old", ""),
        "population.view": ("the view is {view}", ""),
        "population.years": ("the patient is {years:.0f} years old", ""),
        # The gate: warnings
        "quality.blurred": (f"The film is blurred. {_EXPOSE}", ""),
        "quality.bright": (f"The film is brighter than those the model knows. {_EXPOSE}", ""),
        "quality.clipped": (f"Much of the film is fully black or fully white. {_EXPOSE}", ""),
        "quality.cropped": ("Much of the picture is empty: check that the film is whole.", ""),
        "quality.dark": (f"The film is darker than those the model knows. {_EXPOSE}", ""),
        "quality.evidence_outside": (
            "Only {percent:.0f} % of the evidence lies in the lungs. Do not rely on this score.",
            "",
        ),
        "quality.lungs_cut": ("The lungs reach the edge of the picture: check that the film shows them whole.", ""),
        "quality.lungs_missing": (
            "The lungs cover only {percent:.0f} % of the picture: check that it is a frontal chest film.",
            "",
        ),
        "quality.low_contrast": (f"The film has less contrast than those the model knows. {_EXPOSE}", ""),
        "quality.mirrored": (
            "The film looks mirrored left to right: compare the side marker, and export it again if it is.",
            "",
        ),
        "quality.noisy": (f"The film is noisier than those the model knows. {_EXPOSE}", ""),
        "quality.photographed": (
            "The picture has colours, as a photograph of a film has. Export the film itself.",
            "",
        ),
        "quality.small": ("The film has only {columns} x {rows} pixels; small findings are lost.", ""),
        # The analysis process
        "explain.failed": ("The Keras model gave no usable heat map.", ""),
        "explain.no_feature_map": ("The Keras model has no feature map or logit to explain.", ""),
        "explain.no_tensorflow": (
            "A heat map from the Keras model needs TensorFlow, which is not installed.",
            'Install it with pip install "pneumoscope[train]", or leave --explainer at evidence.',
        ),
        "internal": ("{name} could not be analysed: an internal error.", _REPORT),
        "worker.broken_frame": ("The analysis process sent something unreadable.", _REPORT),
        "worker.cancelled": ("The analysis was cancelled.", ""),
        "worker.crashed": ("{name} was not analysed: it made the analysis process stop.", _UNAFFECTED),
        "worker.lost": ("The analysis process stopped.", "Open the film again."),
        "worker.replaced": ("The model was replaced.", ""),
        "worker.silent": ("The analysis process gave no answer.", _REPORT),
        "worker.timeout": ("{name} was not analysed: it took longer than {limit_s:g} s.", _UNAFFECTED),
        "worker.unavailable": (
            "The analysis process does not start.",
            "Run `python -m edge_app selftest`, or choose another runtime in the settings.",
        ),
        "worker.unstarted": (
            "An analysis process could not be started: {cause}.",
            "Free memory, or ask for fewer processes with --jobs.",
        ),
        # The model bundle
        "bundle.changed": ("The model bundle changed while it was opened.", "Start again."),
        "bundle.arrays": ("The arrays in {file} are damaged, or larger than a bundle's.", _REINSTALL),
        "bundle.file_altered": ("The model file {file} is not the one the manifest vouches for.", _REINSTALL),
        "bundle.file_missing": ("The model file {file} is missing from the bundle.", _REINSTALL),
        "bundle.file_size": ("The model file {file} has {found} bytes instead of {stated}.", _REINSTALL),
        "bundle.file_too_large": ("The model file {file} is too large: {bytes} bytes.", _REINSTALL),
        "bundle.file_unreadable": ("The model file {file} could not be read.", _REINSTALL),
        "bundle.gate": ("The model's gate cannot be read.", _REINSTALL),
        "bundle.input": ("The model does not take one grey film.", _REINSTALL),
        "bundle.keras_unloadable": ("The bundle's Keras model cannot be loaded.", _REINSTALL),
        "bundle.keras_unsafe": ("The Keras model {file} is not one that can be loaded safely.", _REINSTALL),
        "bundle.known_answers": ("The model's known answers cannot be read or are incomplete.", _REINSTALL),
        "bundle.manifest_damaged": (
            "The model's manifest is damaged: a field is missing, unknown or impossible.",
            _REINSTALL,
        ),
        "bundle.manifest_name": ("The model's manifest names {file}, which is no file of a bundle.", _REINSTALL),
        "bundle.manifest_names": ("The model's manifest names no models, or one file twice.", _REINSTALL),
        "bundle.missing": (
            "There is no model bundle in {folder}.",
            "Give the folder that holds manifest.json, or make one with `make train`.",
        ),
        "bundle.newest_unreadable": (
            "{file}, which remembers the newest model, cannot be read.",
            "Delete it if you know that the installed model is the right one.",
        ),
        "bundle.no_signature": ("The model has no signature that can be run.", _REINSTALL),
        "bundle.older": (
            "The model {model} {version} ({date}) is older than version {newest} ({newest_date}), which ran here "
            "before.",
            "If the older one is wanted, say so once: pneumoscope selftest --allow-older-model.",
        ),
        "bundle.operating_point": ("The model has no operating point {point}.", "It has: {known}."),
        "bundle.schema": (
            "The model's manifest has schema {found}; this version of Pneumoscope reads schema {known}.",
            "Install the version of Pneumoscope the model was made for, or an older model.",
        ),
        "bundle.tensors": ("The model's inputs and outputs are not those of its manifest.", _REINSTALL),
        "bundle.variant": ("The bundle holds no {variant} model.", "It holds: {known}."),
        "confined.files": ("files by Landlock {abi}", ""),
        "confined.calls": ("system calls by seccomp", ""),
        "confined.not_linux": ("nothing: this is not Linux", ""),
        "confined.no_limits": ("its limits could not be set ({cause})", ""),
        "confined.readable": ("other programs may look into it ({cause})", ""),
        "confined.may_gain_rights": ("it may gain rights ({cause})", ""),
        "confined.no_landlock": ("it can read this user's files, without Landlock ({cause})", ""),
        "confined.no_seccomp": ("it can reach the network, without seccomp ({cause})", ""),
        "signature.bad_file": (
            "The key file {file} cannot be read, or does not hold one public key.",
            "Have the administrator set it right: no model runs until then.",
        ),
        "signature.bad_key": (
            "The public key in the settings is empty or misspelt (32 bytes in base64).",
            "Set it again: no model runs until then.",
        ),
        "signature.bad_option": ("The public key is empty or misspelt (32 bytes in base64).", ""),
        "signature.foreign": (
            "The signature of the model bundle is not by the maker whose key this site has set.",
            "Do not use this bundle. Get it again from its maker.",
        ),
        "signature.open_file": (
            "The key file {file} can be changed by others than root.",
            "Have the administrator set it right: no model runs until then.",
        ),
        "signature.other_key": (
            "--public-key is not the key that is set on this machine.",
            "Leave it out, or have the key changed ({file}, or the settings).",
        ),
        "signature.missing": (
            "The model bundle is not signed, and this site accepts signed ones only.",
            "Get the bundle from the maker whose key is set, or clear the key in the settings.",
        ),
        "signature.no_library": (
            "A public key is set, and the library that checks signatures is not installed.",
            'Install it: pip install "pneumoscope[signed]".',
        ),
        "runtime.broken": (
            "{package} cannot run the model on this machine.",
            "Install it again: pip install --force-reinstall {package}",
        ),
        "runtime.missing": (
            "No runtime for the model is installed ({packages}).",
            "Install it: pip install {package}",
        ),
        "runtime.no_answer": (
            "The model gave no usable answer on this machine.",
            "Run `python -m edge_app selftest`.",
        ),
        "runtime.tensorflow": (
            "tflite-runtime does not work in a process that has imported TensorFlow.",
            "Use LiteRT there (--runtime litert), or a process of its own.",
        ),
        "selftest.failed": (
            "The self-test failed: this machine does not reproduce the model's known answers.",
            "Do not use it. Try another runtime (--runtime), or install Pneumoscope again.",
        ),
        # Camera
        "camera.bad_device": (
            "The camera cannot be opened.",
            "Give a number, or the path of a camera's device, such as /dev/video0. Files are not opened.",
        ),
        "camera.ended": ("The camera gives no more pictures.", "Plug it in again."),
        "camera.no_pi_camera": ("The Raspberry Pi's camera cannot be opened.", "Check its ribbon cable."),
        "camera.unavailable": (
            "The camera cannot be opened.",
            "Check that it is plugged in and not used by another program.",
        ),
        "camera.folder": (
            "The folder of photographs could not be made: {cause}.",
            "Check the disk and the rights of the data folder.",
        ),
        "corners.crossed": ("The four corners must go round the film clockwise, without crossing.", "Move them."),
        "corners.line": ("Three of the four corners lie on a line.", "Move them."),
        "corners.small": ("The film must have at least {least} pixels on its shorter side.", "Go nearer to the film."),
        # History
        "history.damaged": ("The history was damaged; it was set aside as {file} and begun anew.", ""),
        "history.damaged_in_use": (
            "The history is damaged, and another window uses it; nothing is saved.",
            "Close the other window, then start again.",
        ),
        "history.failed": ("The history stopped working; nothing more is saved.", "Start the program again."),
        "history.set_aside_left": (
            "The history was emptied, but a damaged one that was set aside could not be deleted.",
            "Delete the files named history-damaged in the data folder.",
        ),
        "history.newer": (
            "The history was made by a newer version of Pneumoscope; it is left alone and nothing is saved.",
            "Use that version.",
        ),
        "history.not_deleted": (
            "The history could not be written; nothing was deleted.",
            "Check whether the disk is full.",
        ),
        "history.not_saved": (
            "The history could not be written; nothing was saved.",
            "Check whether the disk is full.",
        ),
        "history.not_shrunk": ("The history was emptied, but not shrunk.", ""),
        "history.off": ("The history is switched off.", ""),
        "history.unavailable": (
            "The history cannot be opened.",
            "Check the disk and the rights of the data folder; films are analysed all the same.",
        ),
        "history.unreadable": ("The history could not be read.", ""),
        # What is written
        "console.closed": ("Standard output is closed.", "Give --output FILE."),
        "console.unwritable": ("Standard output could not be written: {cause}.", "Check the space on the disk."),
        "output.broken_off": (
            "The results could not be written to {path}: {cause}.",
            "What was written so far is in that file; the same command goes on from there.",
        ),
        "output.busy": ("Another run writes to {partial}.", "Wait for its end, or give another --output."),
        "output.foreign": (
            "{partial} holds rows of a run with other films or settings.",
            "Give the command of that run to go on with it, delete the file, or give another --output.",
        ),
        "output.link": ("{path} is a link.", "Delete it: results are not written through links."),
        "output.unwritable": (
            "The results could not be written to {path}: {cause}.",
            "Check the folder's rights and the space on the disk.",
        ),
        "screenshot.late": ("The window did not show a result in time.", ""),
        "screenshot.no_dialog": ("The command {command} opened no dialog that could be painted.", ""),
        "picture.none": ("There is no picture to be saved.", "Open a film first."),
        "report.no_film": ("The film is not shown.", ""),
        "pdf.internal": ("The PDF could not be drawn: an internal error.", _REPORT),
        "pdf.not_begun": ("The PDF could not be begun.", "Check the folder and the disk."),
        "pdf.not_written": ("The PDF could not be written.", "Check whether the disk is full."),
        # Command line
        "cli.explainer_alone": ("--explainer keras changes only heat maps.", "Add --heatmaps DIR."),
        "cli.too_many_jobs": ("{asked} processes are too many; {used} are used.", ""),
        "cli.no_film": ("No film was found in {paths}.", "Folders are searched for films."),
        "cli.no_pyarrow": (
            "Parquet is written by pyarrow, which is not installed.",
            'Install it with pip install "pneumoscope[cluster]", or give --format csv.',
        ),
        "cli.no_pyside": (
            "The window needs PySide6, which could not be loaded.",
            'Install it with pip install "pneumoscope[app]" and the system libraries that `make app` names. '
            "`pneumoscope predict` works without it.",
        ),
        # Cluster
        "cluster.batch": (
            "A worker could not score a batch of films.",
            "Check that the workers have the same Pneumoscope and the same Dask as this machine.",
        ),
        "cluster.busy": ("Another process writes to {folder}.", "Wait for it, or give another --output."),
        "cluster.damaged_part": (
            "The part {path} is damaged.",
            "Delete it, then give the same command again: its films are scored once more.",
        ),
        "cluster.film_missing": (
            "A worker does not find {path}, which is here.",
            "The films must lie under the same path on all workers: mount the folder there.",
        ),
        "cluster.foreign_part": (
            "{path} is named like a part of an output, and is none.",
            "Move it elsewhere, or give another --output.",
        ),
        "cluster.foreign_files": (
            "{folder} holds files that are no output of `predict --cluster`.",
            "Give an empty folder.",
        ),
        "cluster.lost": ("{name} was not analysed: the workers that tried it were lost.", ""),
        "cluster.no_dask": (
            "--cluster needs Dask, which is not installed.",
            'Install it here and on all workers: pip install "pneumoscope[cluster]".',
        ),
        "cluster.no_scheduler": (
            "No Dask scheduler answers at {address}.",
            "Start one with `dask scheduler`, and give the address it prints.",
        ),
        "cluster.no_workers": (
            "The scheduler at {address} has no workers.",
            "Start some: dask worker {address}",
        ),
        "cluster.other_bundle": (
            "The model bundle in {folder} is not the client's.",
            "Copy the client's bundle to all workers.",
        ),
        "cluster.other_settings": (
            "{folder} was begun with another {setting}: {before}, now {now}.",
            "Go on as it was begun, or give another --output.",
        ),
        "cluster.other_version": (
            "Pneumoscope {version} is installed there, and {wanted} asks.",
            "Install the same version on the client and on all workers.",
        ),
        "cluster.output": ("The output folder {folder} could not be opened: {cause}.", "Check the folder's rights."),
        "cluster.run_file": ("{path} cannot be read.", _OTHER_OUTPUT),
        "cluster.scheduler_lost": (
            "The connection to the scheduler was lost.",
            "What was scored is in the output folder; the same command goes on from there.",
        ),
        "cluster.worker": ("On the worker {machine}: {reasons}", "{hints}"),
        # Words that more than one surface says
        "band.negative": ("No pneumonia found", ""),
        "band.positive": ("Suggests pneumonia", ""),
        "band.uncertain": ("Uncertain", ""),
        "column.model": ("Model", ""),
        "column.model_sha256": ("Model file, SHA-256", ""),
        "column.runtime": ("Runtime", ""),
        "column.sha256": ("Film, SHA-256", ""),
        "column.total_ms": ("Time taken, ms", ""),
        "column.variant": ("Variant of the model", ""),
        "heading.not_analysed": ("Not analysed", ""),
        "heading.not_read": ("Not read", ""),
        "heading.not_scored": ("Not scored", ""),
        "heading.warnings": ("Warnings", ""),
        "heat_map.caption": ("Where the model looked, not a lesion outline", ""),
        "heat_map.empty": ("No positive evidence", ""),
        "list.and": ("{first} and {second}", ""),
        "outcome.cancelled": ("cancelled", ""),
        "outcome.failed": ("not read", ""),
        "outcome.negative": ("negative", ""),
        "outcome.positive": ("positive", ""),
        "outcome.refused": ("not scored", ""),
        "outcome.running": ("running", ""),
        "outcome.uncertain": ("uncertain", ""),
        "outcome.waiting": ("waiting", ""),
        "outside.loud": ("Do not use this score: the model was not validated for this patient.", ""),
        "outside.short": ("do not use", ""),
        "point.balanced": ("balanced", ""),
        "point.high-sensitivity": ("high sensitivity", ""),
        "point.high-specificity": ("high specificity", ""),
        "research_use": ("Research use only. Not a medical device.", ""),
    }
)
