<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>Pneumoscope {version}</source>
        <translation>Pneumoscope {version}</translation>
    </message>
    <message>
        <source>Reads a chest X-ray for pneumonia, and shows how sure it is and where it looked.</source>
        <translation>Liest eine Thoraxaufnahme auf Pneumonie und zeigt, wie sicher es ist und wohin es geschaut hat.</translation>
    </message>
    <message>
        <source>The film reader is locked up: {how}</source>
        <translation>Der Bildleser ist eingesperrt: {how}</translation>
    </message>
    <message>
        <source>Data sent off this computer: none</source>
        <translation>Von diesem Rechner gesendete Daten: keine</translation>
    </message>
    <message>
        <source>Licence: Apache-2.0. Qt and PySide6: LGPL-3.0. Font Inter: SIL OFL 1.1.</source>
        <translation>Lizenz: Apache-2.0. Qt und PySide6: LGPL-3.0. Schrift Inter: SIL OFL 1.1.</translation>
    </message>
    <message>
        <source>System information</source>
        <translation>Systeminformation</translation>
    </message>
    <message>
        <source>Copy system information</source>
        <translation>Systeminformation kopieren</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>Open films...</source>
        <translation>Filme öffnen...</translation>
    </message>
    <message>
        <source>Open folder...</source>
        <translation>Ordner öffnen...</translation>
    </message>
    <message>
        <source>Paste film</source>
        <translation>Film einfügen</translation>
    </message>
    <message>
        <source>Photograph a film...</source>
        <translation>Film fotografieren...</translation>
    </message>
    <message>
        <source>Open a sample film</source>
        <translation>Beispielfilm öffnen</translation>
    </message>
    <message>
        <source>Report (PDF)...</source>
        <translation>Bericht (PDF)...</translation>
    </message>
    <message>
        <source>Save view as picture...</source>
        <translation>Ansicht als Bild speichern...</translation>
    </message>
    <message>
        <source>Save list as CSV...</source>
        <translation>Liste als CSV speichern...</translation>
    </message>
    <message>
        <source>History...</source>
        <translation>Verlauf...</translation>
    </message>
    <message>
        <source>Settings...</source>
        <translation>Einstellungen...</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Undo view change</source>
        <translation>Ansicht rückgängig</translation>
    </message>
    <message>
        <source>Redo view change</source>
        <translation>Ansicht wiederholen</translation>
    </message>
    <message>
        <source>Fit film</source>
        <translation>Film einpassen</translation>
    </message>
    <message>
        <source>Show the whole film</source>
        <translation>Den ganzen Film zeigen</translation>
    </message>
    <message>
        <source>Actual pixels</source>
        <translation>Originalgröße</translation>
    </message>
    <message>
        <source>One film pixel per screen pixel</source>
        <translation>Ein Bildpunkt des Films je Bildschirmpunkt</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Vergrößern</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Verkleinern</translation>
    </message>
    <message>
        <source>Window/level by dragging</source>
        <translation>Fenster/Level durch Ziehen</translation>
    </message>
    <message>
        <source>Drag: right for a wider window, down for darker. The right button always does it.</source>
        <translation>Ziehen: nach rechts für ein breiteres Fenster, nach unten für dunkler. Die rechte Taste tut es immer.</translation>
    </message>
    <message>
        <source>Window: full range</source>
        <translation>Fenster: voller Bereich</translation>
    </message>
    <message>
        <source>Window: automatic</source>
        <translation>Fenster: automatisch</translation>
    </message>
    <message>
        <source>Window: lungs</source>
        <translation>Fenster: Lunge</translation>
    </message>
    <message>
        <source>Window: bones and mediastinum</source>
        <translation>Fenster: Knochen und Mediastinum</translation>
    </message>
    <message>
        <source>Invert</source>
        <translation>Invertieren</translation>
    </message>
    <message>
        <source>Exchange black and white on the screen</source>
        <translation>Schwarz und Weiß auf dem Bildschirm tauschen</translation>
    </message>
    <message>
        <source>Turn right</source>
        <translation>Nach rechts drehen</translation>
    </message>
    <message>
        <source>Turn left</source>
        <translation>Nach links drehen</translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation>Spiegeln</translation>
    </message>
    <message>
        <source>Measure a distance</source>
        <translation>Abstand messen</translation>
    </message>
    <message>
        <source>Drag from one point to another: millimetres where the file states them, else pixels</source>
        <translation>Von einem Punkt zum anderen ziehen: Millimeter, wo die Datei sie angibt, sonst Bildpunkte</translation>
    </message>
    <message>
        <source>Reset view</source>
        <translation>Ansicht zurücksetzen</translation>
    </message>
    <message>
        <source>Heat map</source>
        <translation>Heatmap</translation>
    </message>
    <message>
        <source>Show where the model looked</source>
        <translation>Zeigen, wohin das Modell geschaut hat</translation>
    </message>
    <message>
        <source>Heat map fainter</source>
        <translation>Heatmap schwächer</translation>
    </message>
    <message>
        <source>Heat map stronger</source>
        <translation>Heatmap stärker</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>Nebeneinander</translation>
    </message>
    <message>
        <source>The bare film beside the heat map</source>
        <translation>Der Film allein neben der Heatmap</translation>
    </message>
    <message>
        <source>Heat map from the Keras model</source>
        <translation>Heatmap aus dem Keras-Modell</translation>
    </message>
    <message>
        <source>Compute the map with TensorFlow, and say how well the two agree</source>
        <translation>Die Heatmap mit TensorFlow rechnen und sagen, wie gut beide übereinstimmen</translation>
    </message>
    <message>
        <source>Show the list</source>
        <translation>Liste zeigen</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>Vollbild</translation>
    </message>
    <message>
        <source>Previous film</source>
        <translation>Voriger Film</translation>
    </message>
    <message>
        <source>Next film</source>
        <translation>Nächster Film</translation>
    </message>
    <message>
        <source>Cancel waiting films</source>
        <translation>Wartende Filme abbrechen</translation>
    </message>
    <message>
        <source>Analyse again</source>
        <translation>Erneut analysieren</translation>
    </message>
    <message>
        <source>Remove from list</source>
        <translation>Aus der Liste entfernen</translation>
    </message>
    <message>
        <source>Put back what was removed</source>
        <translation>Entferntes zurückholen</translation>
    </message>
    <message>
        <source>Empty the list</source>
        <translation>Liste leeren</translation>
    </message>
    <message>
        <source>Keyboard and mouse...</source>
        <translation>Tastatur und Maus...</translation>
    </message>
    <message>
        <source>About this film...</source>
        <translation>Über diesen Film...</translation>
    </message>
    <message>
        <source>About the model...</source>
        <translation>Über das Modell...</translation>
    </message>
    <message>
        <source>Intended use...</source>
        <translation>Zweckbestimmung...</translation>
    </message>
    <message>
        <source>About Pneumoscope...</source>
        <translation>Über Pneumoscope...</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Bearbeiten</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>List</source>
        <translation>Liste</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Hilfe</translation>
    </message>
    <message>
        <source>Arrow keys</source>
        <translation>Pfeiltasten</translation>
    </message>
    <message>
        <source>Shift and arrow keys</source>
        <translation>Umschalt und Pfeiltasten</translation>
    </message>
    <message>
        <source>Magnifying glass, while held</source>
        <translation>Lupe, solange gehalten</translation>
    </message>
    <message>
        <source>Bare film without the heat map, while held</source>
        <translation>Film ohne Heatmap, solange gehalten</translation>
    </message>
    <message>
        <source>Wheel, pinch</source>
        <translation>Mausrad, zwei Finger</translation>
    </message>
    <message>
        <source>Zoom at the pointer</source>
        <translation>Am Zeiger vergrößern</translation>
    </message>
    <message>
        <source>Drag</source>
        <translation>Ziehen</translation>
    </message>
    <message>
        <source>Move the film</source>
        <translation>Film bewegen</translation>
    </message>
    <message>
        <source>Drag with the right button</source>
        <translation>Mit der rechten Taste ziehen</translation>
    </message>
    <message>
        <source>Window/level: right is wider, down is darker</source>
        <translation>Fenster/Level: rechts breiter, unten dunkler</translation>
    </message>
    <message>
        <source>Double-click, double tap</source>
        <translation>Doppelklick, doppelt tippen</translation>
    </message>
    <message>
        <source>The whole film, or actual pixels</source>
        <translation>Ganzer Film oder Originalgröße</translation>
    </message>
</context>
<context>
    <name>CameraDialog</name>
    <message>
        <source>Photograph a film</source>
        <translation>Film fotografieren</translation>
    </message>
    <message>
        <source>Take picture</source>
        <translation>Aufnehmen</translation>
    </message>
    <message>
        <source>Take again</source>
        <translation>Neu aufnehmen</translation>
    </message>
    <message>
        <source>Use this film</source>
        <translation>Diesen Film verwenden</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Opening the camera ...</source>
        <translation>Kamera wird geöffnet ...</translation>
    </message>
    <message>
        <source>Hang the film on a light box, darken the room, and fill the picture with the film.</source>
        <translation>Hängen Sie den Film an einen Leuchtkasten, dunkeln Sie den Raum ab und füllen Sie das Bild mit dem Film.</translation>
    </message>
    <message>
        <source>Drag the four corners onto the corners of the film. The result will be flagged as photographed.</source>
        <translation>Ziehen Sie die vier Ecken auf die Ecken des Films. Das Ergebnis wird als fotografiert gekennzeichnet.</translation>
    </message>
</context>
<context>
    <name>ColourBar</name>
    <message>
        <source>Colours of the heat map: evidence, not probability</source>
        <translation>Farben der Heatmap: Hinweise, keine Wahrscheinlichkeit</translation>
    </message>
    <message>
        <source>The scale is the model&apos;s own and the same for every film.</source>
        <translation>Die Skala gehört zum Modell und ist für jeden Film dieselbe.</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>strong</source>
        <translation>stark</translation>
    </message>
    <message>
        <source>evidence, not probability</source>
        <translation>Hinweise, keine Wahrscheinlichkeit</translation>
    </message>
</context>
<context>
    <name>ConsentDialog</name>
    <message>
        <source>Before you start</source>
        <translation>Bevor Sie beginnen</translation>
    </message>
    <message>
        <source>Pneumoscope is research software. It is not a medical device and must not decide about a patient.</source>
        <translation>Pneumoscope ist Forschungssoftware. Es ist kein Medizinprodukt und darf nicht über einen Patienten entscheiden.</translation>
    </message>
    <message>
        <source>It knows frontal chest films of young children from one hospital. On adults, and on films of other hospitals, it can be worse than chance.</source>
        <translation>Es kennt frontale Thoraxaufnahmen kleiner Kinder aus einem Krankenhaus. Bei Erwachsenen und bei Filmen anderer Häuser kann es schlechter sein als der Zufall.</translation>
    </message>
    <message>
        <source>It looks for pneumonia only. It says nothing about any other finding.</source>
        <translation>Es sucht nur nach Pneumonie. Über andere Befunde sagt es nichts.</translation>
    </message>
    <message>
        <source>The heat map shows where the model looked. It is not the outline of a lesion.</source>
        <translation>Die Heatmap zeigt, wohin das Modell geschaut hat. Sie ist nicht der Umriss eines Befundes.</translation>
    </message>
    <message>
        <source>Films, results and reports stay on this computer. Nothing is sent anywhere.</source>
        <translation>Filme, Ergebnisse und Berichte bleiben auf diesem Rechner. Nichts wird gesendet.</translation>
    </message>
    <message>
        <source>What you must know</source>
        <translation>Was Sie wissen müssen</translation>
    </message>
    <message>
        <source>I have read this, and I will not rely on the score alone.</source>
        <translation>Ich habe dies gelesen und verlasse mich nicht auf die Zahl allein.</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Beginnen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
</context>
<context>
    <name>CornerPicker</name>
    <message>
        <source>Picture of the film with its four corners</source>
        <translation>Bild des Films mit seinen vier Ecken</translation>
    </message>
    <message>
        <source>Keys 1 to 4 choose a corner, the arrow keys move it.</source>
        <translation>Die Tasten 1 bis 4 wählen eine Ecke, die Pfeiltasten bewegen sie.</translation>
    </message>
</context>
<context>
    <name>Corners</name>
    <message>
        <source>{columns} × {rows}, {depth} bit</source>
        <translation>{columns} × {rows}, {depth} Bit</translation>
    </message>
    <message>
        <source>MIRRORED</source>
        <translation>GESPIEGELT</translation>
    </message>
    <message>
        <source>turned {degrees} degrees</source>
        <translation>um {degrees} Grad gedreht</translation>
    </message>
    <message>
        <source>inverted</source>
        <translation>invertiert</translation>
    </message>
    <message>
        <source>display only:</source>
        <translation>nur Anzeige:</translation>
    </message>
    <message>
        <source>the model&apos;s input is unchanged</source>
        <translation>die Eingabe des Modells ist unverändert</translation>
    </message>
    <message>
        <source>W {width}  C {centre}</source>
        <translation>F {width}  Z {centre}</translation>
    </message>
    <message>
        <source>x {column}  y {row}  value {value}</source>
        <translation>x {column}  y {row}  Wert {value}</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent} %</translation>
    </message>
    <message>
        <source>Bare film while the key is held</source>
        <translation>Film allein, solange die Taste gehalten wird</translation>
    </message>
    <message>
        <source>Keras Grad-CAM, correlation with the fast map {value}</source>
        <translation>Keras-Grad-CAM, Korrelation mit der schnellen Heatmap {value}</translation>
    </message>
</context>
<context>
    <name>CrashDialog</name>
    <message>
        <source>Pneumoscope ended unexpectedly</source>
        <translation>Pneumoscope wurde unerwartet beendet</translation>
    </message>
    <message>
        <source>Last time something went wrong. This report was kept on this computer and sent to nobody. It holds no file names and nothing of a patient. Copy it if you want to report the fault.</source>
        <translation>Beim letzten Mal ging etwas schief. Dieser Bericht blieb auf diesem Rechner und ging an niemanden. Er enthält keine Dateinamen und nichts von Patienten. Kopieren Sie ihn, wenn Sie den Fehler melden wollen.</translation>
    </message>
    <message>
        <source>Crash report</source>
        <translation>Absturzbericht</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>Bericht kopieren</translation>
    </message>
    <message>
        <source>Delete report</source>
        <translation>Bericht löschen</translation>
    </message>
    <message>
        <source>Keep for now</source>
        <translation>Vorerst behalten</translation>
    </message>
</context>
<context>
    <name>Dialog</name>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>DialogController</name>
    <message>
        <source>Delete everything that is kept on this computer: analyses, your readings, photographs, pasted pictures, recent files and crash reports? This cannot be undone.</source>
        <translation>Alles löschen, was auf diesem Rechner aufbewahrt wird: Analysen, Ihre Befundungen, Fotos, eingefügte Bilder, zuletzt geöffnete Dateien und Absturzberichte? Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete everything</source>
        <translation>Alles löschen</translation>
    </message>
    <message>
        <source>Some files could not be deleted: {count}</source>
        <translation>Einige Dateien ließen sich nicht löschen: {count}</translation>
    </message>
    <message>
        <source>Nothing is kept.</source>
        <translation>Nichts ist aufbewahrt.</translation>
    </message>
    <message>
        <source>Folder of the model bundle</source>
        <translation>Ordner des Modellpakets</translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>Drop a chest X-ray here</source>
        <translation>Thoraxaufnahme hier ablegen</translation>
    </message>
    <message>
        <source>JPEG, PNG or DICOM. Everything stays on this computer.</source>
        <translation>JPEG, PNG oder DICOM. Alles bleibt auf diesem Rechner.</translation>
    </message>
    <message>
        <source>Open films...</source>
        <translation>Filme öffnen...</translation>
    </message>
    <message>
        <source>Try a sample film</source>
        <translation>Beispielfilm ansehen</translation>
    </message>
</context>
<context>
    <name>ExportController</name>
    <message>
        <source>Save view as picture</source>
        <translation>Ansicht als Bild speichern</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
    <message>
        <source>{band}: {percent} %, operating point {threshold} %</source>
        <translation>{band}: {percent} %, Arbeitspunkt {threshold} %</translation>
    </message>
    <message>
        <source>Saved: {path}</source>
        <translation>Gespeichert: {path}</translation>
    </message>
    <message>
        <source>Save list as CSV</source>
        <translation>Liste als CSV speichern</translation>
    </message>
    <message>
        <source>{count} films were written to the list.</source>
        <translation>{count} Filme wurden in die Liste geschrieben.</translation>
    </message>
    <message>
        <source>Save report</source>
        <translation>Bericht speichern</translation>
    </message>
</context>
<context>
    <name>FileController</name>
    <message>
        <source>Looking for films ...</source>
        <translation>Filme werden gesucht ...</translation>
    </message>
    <message>
        <source>Open films</source>
        <translation>Filme öffnen</translation>
    </message>
    <message>
        <source>Films</source>
        <translation>Filme</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Alle Dateien</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>No sample films are installed.</source>
        <translation>Es sind keine Beispielfilme installiert.</translation>
    </message>
    <message>
        <source>There is no film to paste: copy a file or a picture first.</source>
        <translation>Es gibt keinen Film zum Einfügen: kopieren Sie erst eine Datei oder ein Bild.</translation>
    </message>
    <message>
        <source>The picture could not be kept: is the disk full?</source>
        <translation>Das Bild konnte nicht abgelegt werden: ist der Datenträger voll?</translation>
    </message>
    <message>
        <source>Clear this list</source>
        <translation>Diese Liste leeren</translation>
    </message>
    <message>
        <source>No film was found there.</source>
        <translation>Dort wurde kein Film gefunden.</translation>
    </message>
</context>
<context>
    <name>FilmController</name>
    <message>
        <source>Reading {name} ...</source>
        <translation>{name} wird gelesen ...</translation>
    </message>
</context>
<context>
    <name>FilmDialog</name>
    <message>
        <source>About this film</source>
        <translation>Über diesen Film</translation>
    </message>
    <message>
        <source>not stated</source>
        <translation>nicht angegeben</translation>
    </message>
    <message>
        <source>at the detector</source>
        <translation>am Detektor</translation>
    </message>
    <message>
        <source>calibrated</source>
        <translation>kalibriert</translation>
    </message>
    <message>
        <source>{years} years</source>
        <translation>{years} Jahre</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Size of a pixel</source>
        <translation>Größe eines Bildpunkts</translation>
    </message>
    <message>
        <source>Modality</source>
        <translation>Modalität</translation>
    </message>
    <message>
        <source>View</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>Side</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>Age of the patient</source>
        <translation>Alter des Patienten</translation>
    </message>
    <message>
        <source>SHA-256</source>
        <translation>SHA-256</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Anmerkung</translation>
    </message>
</context>
<context>
    <name>FilmDocument</name>
    <message>
        <source>Window/level</source>
        <translation>Fenster/Level</translation>
    </message>
    <message>
        <source>Invert</source>
        <translation>Invertieren</translation>
    </message>
    <message>
        <source>Reset view</source>
        <translation>Ansicht zurücksetzen</translation>
    </message>
</context>
<context>
    <name>FilmView</name>
    <message>
        <source>Film</source>
        <translation>Film</translation>
    </message>
    <message>
        <source>The film. The wheel zooms, dragging moves it, dragging with the right button sets window and level.</source>
        <translation>Der Film. Das Mausrad vergrößert, Ziehen bewegt ihn, Ziehen mit der rechten Taste stellt Fenster und Level.</translation>
    </message>
</context>
<context>
    <name>Frame</name>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>List</source>
        <translation>Liste</translation>
    </message>
</context>
<context>
    <name>HeatStrip</name>
    <message>
        <source>Heat map</source>
        <translation>Heatmap</translation>
    </message>
    <message>
        <source>Show where the model looked (H)</source>
        <translation>Zeigen, wohin das Modell geschaut hat (H)</translation>
    </message>
    <message>
        <source>Opacity of the heat map</source>
        <translation>Deckkraft der Heatmap</translation>
    </message>
    <message>
        <source>Opacity of the heat map ([ and ])</source>
        <translation>Deckkraft der Heatmap ([ und ])</translation>
    </message>
    <message>
        <source>Colours of the heat map</source>
        <translation>Farben der Heatmap</translation>
    </message>
</context>
<context>
    <name>HistoryDialog</name>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Search file, comment or hash</source>
        <translation>Datei, Kommentar oder Hash suchen</translation>
    </message>
    <message>
        <source>Search the history</source>
        <translation>Verlauf durchsuchen</translation>
    </message>
    <message>
        <source>Show only</source>
        <translation>Nur zeigen</translation>
    </message>
    <message>
        <source>All results</source>
        <translation>Alle Ergebnisse</translation>
    </message>
    <message>
        <source>Analyses</source>
        <translation>Analysen</translation>
    </message>
    <message>
        <source>Open film</source>
        <translation>Film öffnen</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete {count} records for good? The films themselves are not touched.</source>
        <translation>{count} Einträge endgültig löschen? Die Filme selbst bleiben unberührt.</translation>
    </message>
    <message>
        <source>Delete from the history</source>
        <translation>Aus dem Verlauf löschen</translation>
    </message>
    <message>
        <source>{shown} of {total} analyses</source>
        <translation>{shown} von {total} Analysen</translation>
    </message>
</context>
<context>
    <name>HistoryModel</name>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Film</source>
        <translation>Film</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Your reading</source>
        <translation>Ihre Befundung</translation>
    </message>
    <message>
        <source>agrees</source>
        <translation>stimmt zu</translation>
    </message>
    <message>
        <source>disagrees</source>
        <translation>widerspricht</translation>
    </message>
</context>
<context>
    <name>IntendedUseDialog</name>
    <message>
        <source>Intended use</source>
        <translation>Zweckbestimmung</translation>
    </message>
    <message>
        <source>The model is not loaded yet.</source>
        <translation>Das Modell ist noch nicht geladen.</translation>
    </message>
    <message>
        <source>Films it was made for</source>
        <translation>Filme, für die es gemacht ist</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>Grenzen</translation>
    </message>
</context>
<context>
    <name>KerasController</name>
    <message>
        <source>The Keras model computes the heat map ...</source>
        <translation>Das Keras-Modell rechnet die Heatmap ...</translation>
    </message>
    <message>
        <source>The heat map is the Keras model&apos;s own Grad-CAM.</source>
        <translation>Die Heatmap ist die Grad-CAM des Keras-Modells selbst.</translation>
    </message>
</context>
<context>
    <name>ListController</name>
    <message>
        <source>What was waiting is cancelled; what was done stays.</source>
        <translation>Was wartete, ist abgebrochen; was fertig war, bleibt.</translation>
    </message>
    <message>
        <source>Removed from the list. No file was touched.</source>
        <translation>Aus der Liste entfernt. Keine Datei wurde berührt.</translation>
    </message>
</context>
<context>
    <name>MachineNotices</name>
    <message>
        <source>This disk forgets everything when the machine is switched off: readings and history will be gone.</source>
        <translation>Dieser Datenträger vergisst alles, wenn das Gerät ausgeschaltet wird: Befunde und Verlauf sind dann weg.</translation>
    </message>
    <message>
        <source>This disk cannot be written to: readings and settings are not kept.</source>
        <translation>Auf diesen Datenträger kann nicht geschrieben werden: Befunde und Einstellungen werden nicht aufbewahrt.</translation>
    </message>
    <message>
        <source>The power supply is too weak: the machine is slowed down and may stop. Use the official one.</source>
        <translation>Das Netzteil ist zu schwach: Das Gerät ist gedrosselt und kann ausgehen. Bitte das offizielle Netzteil verwenden.</translation>
    </message>
    <message>
        <source>The machine is hot and slowed down. Results stay the same.</source>
        <translation>Das Gerät ist heiß und gedrosselt. Die Ergebnisse bleiben gleich.</translation>
    </message>
    <message>
        <source>The power supply was too weak since the machine was started. Use the official one.</source>
        <translation>Das Netzteil war seit dem Start zu schwach. Bitte das offizielle Netzteil verwenden.</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Open recent</source>
        <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
        <source>Loading the model ...</source>
        <translation>Das Modell wird geladen ...</translation>
    </message>
    <message>
        <source>The model cannot be used</source>
        <translation>Das Modell ist nicht verwendbar</translation>
    </message>
</context>
<context>
    <name>Message</name>
    <message>
        <source>--cluster needs Dask, which is not installed.</source>
        <translation>--cluster braucht Dask, das nicht installiert ist.</translation>
    </message>
    <message>
        <source>--explainer keras changes only heat maps.</source>
        <translation>--explainer keras ändert nur Heatmaps.</translation>
    </message>
    <message>
        <source>--public-key is not the key that is set on this machine.</source>
        <translation>--public-key ist nicht der Schlüssel, der auf diesem Rechner gesetzt ist.</translation>
    </message>
    <message>
        <source>A drawing inside the film&apos;s pixels was left out.</source>
        <translation>Eine Zeichnung in den Bildpunkten des Films wurde weggelassen.</translation>
    </message>
    <message>
        <source>A heat map from the Keras model needs TensorFlow, which is not installed.</source>
        <translation>Eine Heatmap aus dem Keras-Modell braucht TensorFlow, das nicht installiert ist.</translation>
    </message>
    <message>
        <source>A lookup table states {stated} bits and uses {used}; it is shown over what it uses.</source>
        <translation>Eine Tabelle nennt {stated} Bit und nutzt {used}; gezeigt wird der genutzte Bereich.</translation>
    </message>
    <message>
        <source>A public key is set, and the library that checks signatures is not installed.</source>
        <translation>Ein öffentlicher Schlüssel ist gesetzt, aber die Bibliothek zur Prüfung von Signaturen ist nicht installiert.</translation>
    </message>
    <message>
        <source>A worker could not score a batch of films.</source>
        <translation>Ein Rechner konnte einen Stapel Filme nicht bewerten.</translation>
    </message>
    <message>
        <source>A worker does not find {path}, which is here.</source>
        <translation>Ein Rechner findet {path} nicht, obwohl es hier liegt.</translation>
    </message>
    <message>
        <source>Add --heatmaps DIR.</source>
        <translation>Geben Sie zusätzlich --heatmaps ORDNER an.</translation>
    </message>
    <message>
        <source>An analysis process could not be started: {cause}.</source>
        <translation>Ein Analyseprozess konnte nicht gestartet werden: {cause}.</translation>
    </message>
    <message>
        <source>Analyse it again.</source>
        <translation>Analysieren Sie sie erneut.</translation>
    </message>
    <message>
        <source>Another process writes to {folder}.</source>
        <translation>Ein anderer Prozess schreibt nach {folder}.</translation>
    </message>
    <message>
        <source>Another run writes to {partial}.</source>
        <translation>Ein anderer Lauf schreibt nach {partial}.</translation>
    </message>
    <message>
        <source>Check its ribbon cable.</source>
        <translation>Prüfen Sie ihr Flachbandkabel.</translation>
    </message>
    <message>
        <source>Check that it is plugged in and not used by another program.</source>
        <translation>Prüfen Sie, ob sie angesteckt ist und kein anderes Programm sie benutzt.</translation>
    </message>
    <message>
        <source>Check that the workers have the same Pneumoscope and the same Dask as this machine.</source>
        <translation>Prüfen Sie, ob die Rechner dasselbe Pneumoscope und dasselbe Dask haben wie dieser.</translation>
    </message>
    <message>
        <source>Check the disk and the rights of the data folder.</source>
        <translation>Prüfen Sie den Datenträger und die Rechte des Datenordners.</translation>
    </message>
    <message>
        <source>Check the disk and the rights of the data folder; films are analysed all the same.</source>
        <translation>Prüfen Sie den Datenträger und die Rechte des Datenordners; Filme werden trotzdem analysiert.</translation>
    </message>
    <message>
        <source>Check the exposure and the export.</source>
        <translation>Prüfen Sie Belichtung und Export.</translation>
    </message>
    <message>
        <source>Check the file&apos;s permissions and the disk.</source>
        <translation>Prüfen Sie die Rechte der Datei und den Datenträger.</translation>
    </message>
    <message>
        <source>Check the folder and the disk.</source>
        <translation>Prüfen Sie den Ordner und den Datenträger.</translation>
    </message>
    <message>
        <source>Check the folder&apos;s rights and the space on the disk.</source>
        <translation>Prüfen Sie die Rechte des Ordners und den Platz auf dem Datenträger.</translation>
    </message>
    <message>
        <source>Check the folder&apos;s rights.</source>
        <translation>Prüfen Sie die Rechte des Ordners.</translation>
    </message>
    <message>
        <source>Check the path.</source>
        <translation>Prüfen Sie den Pfad.</translation>
    </message>
    <message>
        <source>Check the rights of the folder above it.</source>
        <translation>Prüfen Sie die Rechte des Ordners darüber.</translation>
    </message>
    <message>
        <source>Check the space on the disk.</source>
        <translation>Prüfen Sie den Platz auf dem Datenträger.</translation>
    </message>
    <message>
        <source>Check whether the disk is full.</source>
        <translation>Prüfen Sie, ob der Datenträger voll ist.</translation>
    </message>
    <message>
        <source>Close the other window, then start again.</source>
        <translation>Schließen Sie das andere Fenster, und starten Sie dann neu.</translation>
    </message>
    <message>
        <source>Copy or export it again from its source; nothing was scored.</source>
        <translation>Kopieren oder exportieren Sie sie erneut aus ihrer Quelle; nichts wurde bewertet.</translation>
    </message>
    <message>
        <source>Copy the client&apos;s bundle to all workers.</source>
        <translation>Kopieren Sie das Modellpaket dieses Rechners auf alle anderen.</translation>
    </message>
    <message>
        <source>Copy the file again from its source.</source>
        <translation>Kopieren Sie die Datei erneut aus ihrer Quelle.</translation>
    </message>
    <message>
        <source>Delete it if you know that the installed model is the right one.</source>
        <translation>Löschen Sie sie, wenn Sie wissen, dass das installierte Modell das richtige ist.</translation>
    </message>
    <message>
        <source>Delete it, then give the same command again: its films are scored once more.</source>
        <translation>Löschen Sie ihn und geben Sie den Befehl noch einmal: Seine Aufnahmen werden neu bewertet.</translation>
    </message>
    <message>
        <source>Delete the files named history-damaged in the data folder.</source>
        <translation>Löschen Sie die Dateien namens history-damaged im Datenordner.</translation>
    </message>
    <message>
        <source>Delete it: results are not written through links.</source>
        <translation>Löschen Sie ihn: Durch Verweise werden keine Ergebnisse geschrieben.</translation>
    </message>
    <message>
        <source>Do not open it elsewhere; show it to the person who looks after the computers.</source>
        <translation>Öffnen Sie sie nirgends sonst; zeigen Sie sie der Person, die die Rechner betreut.</translation>
    </message>
    <message>
        <source>Do not use it. Try another runtime (--runtime), or install Pneumoscope again.</source>
        <translation>Benutzen Sie ihn nicht dafür. Versuchen Sie eine andere Laufzeit (--runtime), oder installieren Sie Pneumoscope neu.</translation>
    </message>
    <message>
        <source>Do not use this bundle. Get it again from its maker.</source>
        <translation>Benutzen Sie dieses Modellpaket nicht. Holen Sie es erneut vom Hersteller.</translation>
    </message>
    <message>
        <source>Do not use this score: the model was not validated for this patient.</source>
        <translation>Diesen Wert nicht verwenden: Das Modell wurde für diese Person nicht validiert.</translation>
    </message>
    <message>
        <source>Export it again with black and white as on a light box, or correct its header.</source>
        <translation>Exportieren Sie ihn erneut mit Schwarz und Weiß wie am Leuchtkasten, oder berichtigen Sie die Kopfdaten.</translation>
    </message>
    <message>
        <source>Export it as MONOCHROME2 or RGB.</source>
        <translation>Exportieren Sie es als MONOCHROME2 oder RGB.</translation>
    </message>
    <message>
        <source>Export it as TIFF or PNG.</source>
        <translation>Exportieren Sie ihn als TIFF oder PNG.</translation>
    </message>
    <message>
        <source>Export it as a grey PNG of 8 or 16 bits.</source>
        <translation>Exportieren Sie es als graues PNG mit 8 oder 16 Bit.</translation>
    </message>
    <message>
        <source>Export the film again from its source.</source>
        <translation>Exportieren Sie den Film erneut aus seiner Quelle.</translation>
    </message>
    <message>
        <source>Export the film again from its source; nothing was scored.</source>
        <translation>Exportieren Sie den Film erneut aus seiner Quelle; nichts wurde bewertet.</translation>
    </message>
    <message>
        <source>Export the film as MONOCHROME2.</source>
        <translation>Exportieren Sie den Film als MONOCHROME2.</translation>
    </message>
    <message>
        <source>Export the film at its own size.</source>
        <translation>Exportieren Sie den Film in seiner eigenen Größe.</translation>
    </message>
    <message>
        <source>Export the film itself.</source>
        <translation>Exportieren Sie den Film selbst.</translation>
    </message>
    <message>
        <source>Export the film uncompressed, or as JPEG Lossless, JPEG 2000, JPEG-LS or RLE.</source>
        <translation>Exportieren Sie den Film unkomprimiert oder als JPEG Lossless, JPEG 2000, JPEG-LS oder RLE.</translation>
    </message>
    <message>
        <source>Export the film with 16 bits.</source>
        <translation>Exportieren Sie den Film mit 16 Bit.</translation>
    </message>
    <message>
        <source>Export the single film by itself.</source>
        <translation>Exportieren Sie den einzelnen Film für sich.</translation>
    </message>
    <message>
        <source>Film, SHA-256</source>
        <translation>Film, SHA-256</translation>
    </message>
    <message>
        <source>Folders are searched for films.</source>
        <translation>Ordner werden nach Filmen durchsucht.</translation>
    </message>
    <message>
        <source>Free memory, or ask for fewer processes with --jobs.</source>
        <translation>Geben Sie Speicher frei, oder verlangen Sie mit --jobs weniger Prozesse.</translation>
    </message>
    <message>
        <source>Get the bundle from the maker whose key is set, or clear the key in the settings.</source>
        <translation>Holen Sie das Modellpaket vom Hersteller, dessen Schlüssel gesetzt ist, oder löschen Sie den Schlüssel in den Einstellungen.</translation>
    </message>
    <message>
        <source>Give --output FILE.</source>
        <translation>Geben Sie --output DATEI an.</translation>
    </message>
    <message>
        <source>Give a DICOM, JPEG, PNG, TIFF, WEBP or BMP film.</source>
        <translation>Geben Sie einen Film als DICOM, JPEG, PNG, TIFF, WEBP oder BMP.</translation>
    </message>
    <message>
        <source>Give a frontal chest radiograph, uncut and without wide borders.</source>
        <translation>Geben Sie eine frontale Thoraxaufnahme, nicht beschnitten und ohne breite Ränder.</translation>
    </message>
    <message>
        <source>Give a frontal chest radiograph.</source>
        <translation>Geben Sie eine frontale Thoraxaufnahme.</translation>
    </message>
    <message>
        <source>Give a frontal chest radiograph; if it is one, have its label corrected.</source>
        <translation>Geben Sie eine frontale Thoraxaufnahme; ist es eine, lassen Sie die Beschriftung berichtigen.</translation>
    </message>
    <message>
        <source>Give a whole, upright, frontal chest radiograph. If this is one, the model does not know its kind.</source>
        <translation>Geben Sie eine ganze, aufrechte, frontale Thoraxaufnahme. Ist dies eine, kennt das Modell ihre Art nicht.</translation>
    </message>
    <message>
        <source>Give an empty folder.</source>
        <translation>Geben Sie einen leeren Ordner an.</translation>
    </message>
    <message>
        <source>Give another --output.</source>
        <translation>Geben Sie ein anderes --output an.</translation>
    </message>
    <message>
        <source>Give the DICOM file, or export the film as PNG.</source>
        <translation>Geben Sie die DICOM-Datei, oder exportieren Sie den Film als PNG.</translation>
    </message>
    <message>
        <source>Give the command of that run to go on with it, delete the file, or give another --output.</source>
        <translation>Geben Sie den Befehl jenes Laufs, um ihn fortzusetzen, löschen Sie die Datei, oder geben Sie ein anderes --output an.</translation>
    </message>
    <message>
        <source>Give the folder that holds manifest.json, or make one with `make train`.</source>
        <translation>Geben Sie den Ordner mit manifest.json an, oder erzeugen Sie einen mit `make train`.</translation>
    </message>
    <message>
        <source>Give the folder that holds the films.</source>
        <translation>Geben Sie den Ordner mit den Filmen an.</translation>
    </message>
    <message>
        <source>Give the frontal film of the study.</source>
        <translation>Geben Sie die frontale Aufnahme der Untersuchung.</translation>
    </message>
    <message>
        <source>Go nearer to the film.</source>
        <translation>Gehen Sie näher an den Film.</translation>
    </message>
    <message>
        <source>Go on as it was begun, or give another --output.</source>
        <translation>Machen Sie weiter, wie begonnen wurde, oder geben Sie ein anderes --output an.</translation>
    </message>
    <message>
        <source>High-Throughput JPEG 2000</source>
        <translation>High-Throughput JPEG 2000</translation>
    </message>
    <message>
        <source>Install it again: pip install --force-reinstall {package}</source>
        <translation>Installieren Sie es neu: pip install --force-reinstall {package}</translation>
    </message>
    <message>
        <source>Install it here and on all workers: pip install &quot;pneumoscope[cluster]&quot;.</source>
        <translation>Installieren Sie es hier und auf allen Rechnern: pip install &quot;pneumoscope[cluster]&quot;.</translation>
    </message>
    <message>
        <source>Install it with pip install &quot;pneumoscope[app]&quot; and the system libraries that `make app` names. `pneumoscope predict` works without it.</source>
        <translation>Installieren Sie es mit pip install &quot;pneumoscope[app]&quot; und den Systembibliotheken, die `make app` nennt. `pneumoscope predict` läuft ohne.</translation>
    </message>
    <message>
        <source>Install it with pip install &quot;pneumoscope[cluster]&quot;, or give --format csv.</source>
        <translation>Installieren Sie es mit pip install &quot;pneumoscope[cluster]&quot;, oder geben Sie --format csv an.</translation>
    </message>
    <message>
        <source>Install it with pip install &quot;pneumoscope[train]&quot;, or leave --explainer at evidence.</source>
        <translation>Installieren Sie es mit pip install &quot;pneumoscope[train]&quot;, oder lassen Sie --explainer auf evidence.</translation>
    </message>
    <message>
        <source>Install it: pip install &quot;pneumoscope[signed]&quot;.</source>
        <translation>Installieren Sie sie: pip install &quot;pneumoscope[signed]&quot;.</translation>
    </message>
    <message>
        <source>Install it: pip install python-gdcm. Or export the film uncompressed.</source>
        <translation>Installieren Sie ihn: pip install python-gdcm. Oder exportieren Sie den Film unkomprimiert.</translation>
    </message>
    <message>
        <source>Install it: pip install {package}</source>
        <translation>Installieren Sie sie: pip install {package}</translation>
    </message>
    <message>
        <source>Install the model bundle again.</source>
        <translation>Installieren Sie das Modellpaket neu.</translation>
    </message>
    <message>
        <source>Install the same version on the client and on all workers.</source>
        <translation>Installieren Sie überall dieselbe Version.</translation>
    </message>
    <message>
        <source>Install the version of Pneumoscope the model was made for, or an older model.</source>
        <translation>Installieren Sie die Version von Pneumoscope, für die das Modell gemacht wurde, oder ein älteres Modell.</translation>
    </message>
    <message>
        <source>It has: {known}.</source>
        <translation>Es hat: {known}.</translation>
    </message>
    <message>
        <source>It holds: {known}.</source>
        <translation>Es enthält: {known}.</translation>
    </message>
    <message>
        <source>JPEG XL</source>
        <translation>JPEG XL</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Model file, SHA-256</source>
        <translation>Modelldatei, SHA-256</translation>
    </message>
    <message>
        <source>Move them.</source>
        <translation>Verschieben Sie sie.</translation>
    </message>
    <message>
        <source>Much of the film is fully black or fully white. Do not rely on this score; export or expose the film again.</source>
        <translation>Große Teile des Films sind ganz schwarz oder ganz weiß. Verlassen Sie sich nicht auf diesen Wert; exportieren oder belichten Sie den Film erneut.</translation>
    </message>
    <message>
        <source>Much of the picture is empty: check that the film is whole.</source>
        <translation>Große Teile des Bildes sind leer: prüfen Sie, ob der Film vollständig ist.</translation>
    </message>
    <message>
        <source>No Dask scheduler answers at {address}.</source>
        <translation>Unter {address} antwortet kein Dask-Scheduler.</translation>
    </message>
    <message>
        <source>No film was found in {paths}.</source>
        <translation>In {paths} wurde kein Film gefunden.</translation>
    </message>
    <message>
        <source>No pneumonia found</source>
        <translation>Keine Pneumonie gefunden</translation>
    </message>
    <message>
        <source>No positive evidence</source>
        <translation>Keine positiven Hinweise</translation>
    </message>
    <message>
        <source>No runtime for the model is installed ({packages}).</source>
        <translation>Keine Laufzeit für das Modell ist installiert ({packages}).</translation>
    </message>
    <message>
        <source>Not analysed</source>
        <translation>Nicht analysiert</translation>
    </message>
    <message>
        <source>Not read</source>
        <translation>Nicht gelesen</translation>
    </message>
    <message>
        <source>Not scored</source>
        <translation>Nicht bewertet</translation>
    </message>
    <message>
        <source>Not validated for this patient: do not use this score. Reason: {reasons}. The model knows patients of {least:.0f} to {greatest:.0f} years.</source>
        <translation>Für diese Person nicht validiert: Diesen Wert nicht verwenden. Grund: {reasons}. Das Modell kennt Patienten von {least:.0f} bis {greatest:.0f} Jahren.</translation>
    </message>
    <message>
        <source>On the worker {machine}: {reasons}</source>
        <translation>Auf dem Rechner {machine}: {reasons}</translation>
    </message>
    <message>
        <source>Only {percent:.0f} % of the evidence lies in the lungs. Do not rely on this score.</source>
        <translation>Nur {percent:.0f} % der Hinweise liegen in der Lunge. Verlassen Sie sich nicht auf diesen Wert.</translation>
    </message>
    <message>
        <source>Open a film first.</source>
        <translation>Öffnen Sie zuerst einen Film.</translation>
    </message>
    <message>
        <source>Open the film again.</source>
        <translation>Öffnen Sie den Film erneut.</translation>
    </message>
    <message>
        <source>Open the film itself, as large as the hospital&apos;s system gives it.</source>
        <translation>Öffnen Sie den Film selbst, so groß, wie ihn das System der Klinik liefert.</translation>
    </message>
    <message>
        <source>Open the film itself, not a thumbnail of it.</source>
        <translation>Öffnen Sie den Film selbst, nicht sein Vorschaubild.</translation>
    </message>
    <message>
        <source>Open the whole film, without wide borders.</source>
        <translation>Öffnen Sie den ganzen Film ohne breite Ränder.</translation>
    </message>
    <message>
        <source>Other films are not affected.</source>
        <translation>Andere Filme sind nicht betroffen.</translation>
    </message>
    <message>
        <source>Parquet is written by pyarrow, which is not installed.</source>
        <translation>Parquet wird von pyarrow geschrieben, das nicht installiert ist.</translation>
    </message>
    <message>
        <source>Part of the file&apos;s metadata is damaged and was ignored.</source>
        <translation>Ein Teil der Metadaten der Datei ist beschädigt und wurde nicht beachtet.</translation>
    </message>
    <message>
        <source>Passed over in folders: {reasons}.</source>
        <translation>In Ordnern übergangen: {reasons}.</translation>
    </message>
    <message>
        <source>Please report it.</source>
        <translation>Bitte melden Sie ihn.</translation>
    </message>
    <message>
        <source>Plug it in again.</source>
        <translation>Stecken Sie sie erneut an.</translation>
    </message>
    <message>
        <source>Pneumoscope {version} is installed there, and {wanted} asks.</source>
        <translation>Dort ist Pneumoscope {version} installiert, und {wanted} fragt.</translation>
    </message>
    <message>
        <source>Research use only. Not a medical device.</source>
        <translation>Nur für die Forschung. Kein Medizinprodukt.</translation>
    </message>
    <message>
        <source>Run `python -m edge_app selftest`, or choose another runtime in the settings.</source>
        <translation>Führen Sie `python -m edge_app selftest` aus, oder wählen Sie in den Einstellungen eine andere Laufzeit.</translation>
    </message>
    <message>
        <source>Run `python -m edge_app selftest`.</source>
        <translation>Führen Sie `python -m edge_app selftest` aus.</translation>
    </message>
    <message>
        <source>Runtime</source>
        <translation>Laufzeit</translation>
    </message>
    <message>
        <source>Standard output could not be written: {cause}.</source>
        <translation>Die Standardausgabe konnte nicht geschrieben werden: {cause}.</translation>
    </message>
    <message>
        <source>Standard output is closed.</source>
        <translation>Die Standardausgabe ist geschlossen.</translation>
    </message>
    <message>
        <source>Start again.</source>
        <translation>Beginnen Sie erneut.</translation>
    </message>
    <message>
        <source>Start one with `dask scheduler`, and give the address it prints.</source>
        <translation>Starten Sie einen mit `dask scheduler`, und geben Sie die Adresse an, die er nennt.</translation>
    </message>
    <message>
        <source>Start some: dask worker {address}</source>
        <translation>Starten Sie welche: dask worker {address}</translation>
    </message>
    <message>
        <source>Start the program again.</source>
        <translation>Starten Sie das Programm neu.</translation>
    </message>
    <message>
        <source>Suggests pneumonia</source>
        <translation>Spricht für Pneumonie</translation>
    </message>
    <message>
        <source>The DICOM header of {name} {reasons}.</source>
        <translation>Der DICOM-Kopf von {name} {reasons}.</translation>
    </message>
    <message>
        <source>The Keras model gave no usable heat map.</source>
        <translation>Das Keras-Modell gab keine brauchbare Heatmap.</translation>
    </message>
    <message>
        <source>The Keras model has no feature map or logit to explain.</source>
        <translation>Das Keras-Modell hat keine Merkmalskarte oder keinen Logit, der sich erklären ließe.</translation>
    </message>
    <message>
        <source>The Keras model {file} is not one that can be loaded safely.</source>
        <translation>Das Keras-Modell {file} lässt sich nicht sicher laden.</translation>
    </message>
    <message>
        <source>The PDF could not be begun.</source>
        <translation>Das PDF konnte nicht begonnen werden.</translation>
    </message>
    <message>
        <source>The PDF could not be drawn: an internal error.</source>
        <translation>Das PDF konnte nicht gezeichnet werden: ein interner Fehler.</translation>
    </message>
    <message>
        <source>The PDF could not be written.</source>
        <translation>Das PDF konnte nicht geschrieben werden.</translation>
    </message>
    <message>
        <source>The Raspberry Pi&apos;s camera cannot be opened.</source>
        <translation>Die Kamera des Raspberry Pi lässt sich nicht öffnen.</translation>
    </message>
    <message>
        <source>The analysis process does not start.</source>
        <translation>Der Analyseprozess startet nicht.</translation>
    </message>
    <message>
        <source>The analysis process gave no answer.</source>
        <translation>Der Analyseprozess gab keine Antwort.</translation>
    </message>
    <message>
        <source>The analysis process sent something unreadable.</source>
        <translation>Der Analyseprozess sandte etwas Unlesbares.</translation>
    </message>
    <message>
        <source>The analysis process stopped.</source>
        <translation>Der Analyseprozess endete.</translation>
    </message>
    <message>
        <source>The analysis was cancelled.</source>
        <translation>Die Analyse wurde abgebrochen.</translation>
    </message>
    <message>
        <source>The bundle holds no {variant} model.</source>
        <translation>Das Modellpaket enthält kein Modell {variant}.</translation>
    </message>
    <message>
        <source>The camera cannot be opened.</source>
        <translation>Die Kamera lässt sich nicht öffnen.</translation>
    </message>
    <message>
        <source>The camera gives no more pictures.</source>
        <translation>Die Kamera liefert keine Bilder mehr.</translation>
    </message>
    <message>
        <source>The command {command} opened no dialog that could be painted.</source>
        <translation>Der Befehl {command} hat keinen Dialog geöffnet, der gezeichnet werden könnte.</translation>
    </message>
    <message>
        <source>The connection to the scheduler was lost.</source>
        <translation>Die Verbindung zum Scheduler ging verloren.</translation>
    </message>
    <message>
        <source>The file begins with a thumbnail; the full picture behind it was read.</source>
        <translation>Die Datei beginnt mit einem Vorschaubild; gelesen wurde das ganze Bild dahinter.</translation>
    </message>
    <message>
        <source>The file calls its colours {stated}; the pixels are {found}, and were read as that.</source>
        <translation>Die Datei nennt ihre Farben {stated}; die Bildpunkte sind {found} und wurden so gelesen.</translation>
    </message>
    <message>
        <source>The file contradicts itself on black and white: {photometric}, {shape}.</source>
        <translation>Die Datei widerspricht sich darüber, was schwarz und was weiß ist: {photometric}, {shape}.</translation>
    </message>
    <message>
        <source>The file holds a lookup table that cannot be used and was left out.</source>
        <translation>Die Datei enthält eine Tabelle, die nicht brauchbar ist und weggelassen wurde.</translation>
    </message>
    <message>
        <source>The file holds raw detector data, not the film as it is meant to be seen.</source>
        <translation>Die Datei enthält Rohdaten des Detektors, nicht den Film, wie er gesehen werden soll.</translation>
    </message>
    <message>
        <source>The file holds several pictures; only the first of them was read.</source>
        <translation>Die Datei enthält mehrere Bilder; nur das erste wurde gelesen.</translation>
    </message>
    <message>
        <source>The file holds {frames} pictures; only the first of them was read.</source>
        <translation>Die Datei enthält {frames} Bilder; nur das erste wurde gelesen.</translation>
    </message>
    <message>
        <source>The file says that it is a lateral film (view {view}).</source>
        <translation>Die Datei gibt an, eine seitliche Aufnahme zu sein (Ansicht {view}).</translation>
    </message>
    <message>
        <source>The file says that it is no radiograph (modality {modality}).</source>
        <translation>Die Datei gibt an, keine Röntgenaufnahme zu sein (Modalität {modality}).</translation>
    </message>
    <message>
        <source>The file says that it shows another part of the body ({part}).</source>
        <translation>Die Datei gibt an, einen anderen Körperteil zu zeigen ({part}).</translation>
    </message>
    <message>
        <source>The file states a brightness curve (gamma {gamma:.2f}), which is ignored.</source>
        <translation>Die Datei nennt eine Helligkeitskurve (Gamma {gamma:.2f}), die nicht beachtet wird.</translation>
    </message>
    <message>
        <source>The file states a brightness window that cannot be used.</source>
        <translation>Die Datei nennt ein Helligkeitsfenster, das nicht brauchbar ist.</translation>
    </message>
    <message>
        <source>The file states a colour profile with a brightness curve of its own, which is ignored.</source>
        <translation>Die Datei nennt ein Farbprofil mit eigener Helligkeitskurve, die nicht beachtet wird.</translation>
    </message>
    <message>
        <source>The file states a rescaling of grey values that cannot be used and was left out.</source>
        <translation>Die Datei nennt eine Umrechnung der Grauwerte, die nicht brauchbar ist und weggelassen wurde.</translation>
    </message>
    <message>
        <source>The file states grey values for each frame in a way that is not read.</source>
        <translation>Die Datei gibt Grauwerte je Bild in einer Weise an, die nicht gelesen wird.</translation>
    </message>
    <message>
        <source>The file states that the whole picture is transparent; that was ignored.</source>
        <translation>Die Datei nennt das ganze Bild durchsichtig; das wurde nicht beachtet.</translation>
    </message>
    <message>
        <source>The file&apos;s EXIF data is damaged and was ignored: check that the film is upright.</source>
        <translation>Die EXIF-Daten der Datei sind beschädigt und wurden nicht beachtet: Prüfen Sie, ob der Film aufrecht steht.</translation>
    </message>
    <message>
        <source>The film has less contrast than those the model knows. Do not rely on this score; export or expose the film again.</source>
        <translation>Der Film hat weniger Kontrast als die, die das Modell kennt. Verlassen Sie sich nicht auf diesen Wert; exportieren oder belichten Sie den Film erneut.</translation>
    </message>
    <message>
        <source>The film has only {columns} x {rows} pixels; small findings are lost.</source>
        <translation>Der Film hat nur {columns} x {rows} Bildpunkte; kleine Befunde gehen verloren.</translation>
    </message>
    <message>
        <source>The film has {columns} x {rows} pixels, too few to be read: at least {least} are needed on the shorter side.</source>
        <translation>Der Film hat {columns} x {rows} Bildpunkte, zu wenige, um gelesen zu werden: mindestens {least} braucht die kürzere Seite.</translation>
    </message>
    <message>
        <source>The film is blank or nearly so: {levels} grey levels, {contrast:.0f} of 255 between dark and bright.</source>
        <translation>Der Film ist leer oder fast leer: {levels} Graustufen, {contrast:.0f} von 255 zwischen dunkel und hell.</translation>
    </message>
    <message>
        <source>The film is blurred. Do not rely on this score; export or expose the film again.</source>
        <translation>Der Film ist unscharf. Verlassen Sie sich nicht auf diesen Wert; exportieren oder belichten Sie den Film erneut.</translation>
    </message>
    <message>
        <source>The film is brighter than those the model knows. Do not rely on this score; export or expose the film again.</source>
        <translation>Der Film ist heller als die, die das Modell kennt. Verlassen Sie sich nicht auf diesen Wert; exportieren oder belichten Sie den Film erneut.</translation>
    </message>
    <message>
        <source>The film is darker than those the model knows. Do not rely on this score; export or expose the film again.</source>
        <translation>Der Film ist dunkler als die, die das Modell kennt. Verlassen Sie sich nicht auf diesen Wert; exportieren oder belichten Sie den Film erneut.</translation>
    </message>
    <message>
        <source>The film is inverted: what is bright in a chest film is dark in it.</source>
        <translation>Der Film ist invertiert: Was in einer Thoraxaufnahme hell ist, ist hier dunkel.</translation>
    </message>
    <message>
        <source>The film is noisier than those the model knows. Do not rely on this score; export or expose the film again.</source>
        <translation>Der Film rauscht stärker als die, die das Modell kennt. Verlassen Sie sich nicht auf diesen Wert; exportieren oder belichten Sie den Film erneut.</translation>
    </message>
    <message>
        <source>The film is not shown.</source>
        <translation>Der Film wird nicht gezeigt.</translation>
    </message>
    <message>
        <source>The film is {reasons}.</source>
        <translation>Der Film ist {reasons}.</translation>
    </message>
    <message>
        <source>The film looks mirrored left to right: compare the side marker, and export it again if it is.</source>
        <translation>Der Film sieht seitenverkehrt aus: Vergleichen Sie die Seitenmarke, und exportieren Sie ihn neu, wenn er es ist.</translation>
    </message>
    <message>
        <source>The film must have at least {least} pixels on its shorter side.</source>
        <translation>Der Film muss auf der kürzeren Seite mindestens {least} Bildpunkte haben.</translation>
    </message>
    <message>
        <source>The film uses {used} of the file&apos;s 16 bits; it is shown over that range.</source>
        <translation>Der Film nutzt {used} der 16 Bit seiner Datei; gezeigt wird dieser Bereich.</translation>
    </message>
    <message>
        <source>The film was turned upright as its EXIF data says.</source>
        <translation>Der Film wurde aufrecht gedreht, wie seine EXIF-Daten es angeben.</translation>
    </message>
    <message>
        <source>The film&apos;s grey values are signed, which is unusual for a radiograph.</source>
        <translation>Die Grauwerte des Films haben Vorzeichen, was für eine Röntgenaufnahme ungewöhnlich ist.</translation>
    </message>
    <message>
        <source>The films must lie under the same path on all workers: mount the folder there.</source>
        <translation>Die Filme müssen auf allen Rechnern unter demselben Pfad liegen: Binden Sie den Ordner dort ein.</translation>
    </message>
    <message>
        <source>The folder of photographs could not be made: {cause}.</source>
        <translation>Der Ordner für Fotos konnte nicht angelegt werden: {cause}.</translation>
    </message>
    <message>
        <source>The folder {name} cannot be listed.</source>
        <translation>Der Ordner {name} lässt sich nicht auflisten.</translation>
    </message>
    <message>
        <source>The folder {name} could not be made: {cause}.</source>
        <translation>Der Ordner {name} konnte nicht angelegt werden: {cause}.</translation>
    </message>
    <message>
        <source>The four corners must go round the film clockwise, without crossing.</source>
        <translation>Die vier Ecken müssen im Uhrzeigersinn um den Film laufen, ohne sich zu kreuzen.</translation>
    </message>
    <message>
        <source>The header places {bits} bits at bit {stated}; the pixels decided where they are.</source>
        <translation>Die Kopfdaten legen {bits} Bit an Bit {stated}; ihren Ort entschieden die Bildpunkte.</translation>
    </message>
    <message>
        <source>The header states an impossible number of pictures; one was read.</source>
        <translation>Die Kopfdaten nennen eine unmögliche Zahl von Bildern; eines wurde gelesen.</translation>
    </message>
    <message>
        <source>The header states {stated} bits for each pixel; the film uses {used}.</source>
        <translation>Die Kopfdaten nennen {stated} Bit je Bildpunkt; der Film nutzt {used}.</translation>
    </message>
    <message>
        <source>The header states {stated} bits, the compressed film {found}.</source>
        <translation>Die Kopfdaten nennen {stated} Bit, der komprimierte Film {found}.</translation>
    </message>
    <message>
        <source>The history cannot be opened.</source>
        <translation>Der Verlauf lässt sich nicht öffnen.</translation>
    </message>
    <message>
        <source>The history could not be read.</source>
        <translation>Der Verlauf konnte nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The history could not be written; nothing was deleted.</source>
        <translation>Der Verlauf konnte nicht geschrieben werden; nichts wurde gelöscht.</translation>
    </message>
    <message>
        <source>The history could not be written; nothing was saved.</source>
        <translation>Der Verlauf konnte nicht geschrieben werden; nichts wurde gespeichert.</translation>
    </message>
    <message>
        <source>The history is damaged, and another window uses it; nothing is saved.</source>
        <translation>Der Verlauf ist beschädigt, und ein anderes Fenster benutzt ihn; nichts wird gespeichert.</translation>
    </message>
    <message>
        <source>The history is switched off.</source>
        <translation>Der Verlauf ist ausgeschaltet.</translation>
    </message>
    <message>
        <source>The history stopped working; nothing more is saved.</source>
        <translation>Der Verlauf arbeitet nicht mehr; nichts wird mehr gespeichert.</translation>
    </message>
    <message>
        <source>The history was damaged; it was set aside as {file} and begun anew.</source>
        <translation>Der Verlauf war beschädigt; er wurde als {file} beiseitegelegt und neu begonnen.</translation>
    </message>
    <message>
        <source>The history was emptied, but a damaged one that was set aside could not be deleted.</source>
        <translation>Der Verlauf wurde geleert, aber ein beschädigter, der beiseitegelegt war, ließ sich nicht löschen.</translation>
    </message>
    <message>
        <source>The history was emptied, but not shrunk.</source>
        <translation>Der Verlauf wurde geleert, aber nicht verkleinert.</translation>
    </message>
    <message>
        <source>The history was made by a newer version of Pneumoscope; it is left alone and nothing is saved.</source>
        <translation>Der Verlauf stammt von einer neueren Version von Pneumoscope; er bleibt unberührt, und nichts wird gespeichert.</translation>
    </message>
    <message>
        <source>The lungs cover only {percent:.0f} % of the picture: check that it is a frontal chest film.</source>
        <translation>Die Lunge nimmt nur {percent:.0f} % des Bildes ein: Prüfen Sie, ob es eine frontale Thoraxaufnahme ist.</translation>
    </message>
    <message>
        <source>The lungs reach the edge of the picture: check that the film shows them whole.</source>
        <translation>Die Lunge reicht bis an den Bildrand: Prüfen Sie, ob der Film sie ganz zeigt.</translation>
    </message>
    <message>
        <source>The model bundle changed while it was opened.</source>
        <translation>Das Modellpaket wurde verändert, während es geöffnet wurde.</translation>
    </message>
    <message>
        <source>The model bundle in {folder} is not the client&apos;s.</source>
        <translation>Das Modellpaket in {folder} ist nicht das des anfragenden Rechners.</translation>
    </message>
    <message>
        <source>The model bundle is not signed, and this site accepts signed ones only.</source>
        <translation>Das Modellpaket ist nicht signiert, und diese Einrichtung nimmt nur signierte an.</translation>
    </message>
    <message>
        <source>The model cannot tell whether this is a chest film: judge that yourself.</source>
        <translation>Das Modell erkennt nicht, ob dies eine Thoraxaufnahme ist: beurteilen Sie das selbst.</translation>
    </message>
    <message>
        <source>The model does not take one grey film.</source>
        <translation>Das Modell nimmt nicht einen grauen Film an.</translation>
    </message>
    <message>
        <source>The model file {file} could not be read.</source>
        <translation>Die Modelldatei {file} konnte nicht gelesen werden.</translation>
    </message>
    <message>
        <source>The model file {file} has {found} bytes instead of {stated}.</source>
        <translation>Die Modelldatei {file} hat {found} Byte statt {stated}.</translation>
    </message>
    <message>
        <source>The model file {file} is missing from the bundle.</source>
        <translation>Die Modelldatei {file} fehlt im Modellpaket.</translation>
    </message>
    <message>
        <source>The model file {file} is not the one the manifest vouches for.</source>
        <translation>Die Modelldatei {file} ist nicht die, für die das Manifest bürgt.</translation>
    </message>
    <message>
        <source>The model gave no usable answer on this machine.</source>
        <translation>Das Modell gab auf diesem Rechner keine brauchbare Antwort.</translation>
    </message>
    <message>
        <source>The model has no operating point {point}.</source>
        <translation>Das Modell hat keinen Arbeitspunkt {point}.</translation>
    </message>
    <message>
        <source>The model has no signature that can be run.</source>
        <translation>Das Modell hat keine ausführbare Signatur.</translation>
    </message>
    <message>
        <source>The model was replaced.</source>
        <translation>Das Modell wurde ausgetauscht.</translation>
    </message>
    <message>
        <source>The model&apos;s gate cannot be read.</source>
        <translation>Die Eingangsprüfung des Modells lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>The model&apos;s inputs and outputs are not those of its manifest.</source>
        <translation>Ein- und Ausgaben des Modells sind nicht die seines Manifests.</translation>
    </message>
    <message>
        <source>The model&apos;s known answers cannot be read or are incomplete.</source>
        <translation>Die bekannten Antworten des Modells lassen sich nicht lesen oder sind unvollständig.</translation>
    </message>
    <message>
        <source>The model&apos;s manifest has schema {found}; this version of Pneumoscope reads schema {known}.</source>
        <translation>Das Manifest des Modells hat Schema {found}; diese Version von Pneumoscope liest Schema {known}.</translation>
    </message>
    <message>
        <source>The model&apos;s manifest is damaged: a field is missing, unknown or impossible.</source>
        <translation>Das Manifest des Modells ist beschädigt: Ein Feld fehlt, ist unbekannt oder unmöglich.</translation>
    </message>
    <message>
        <source>The model&apos;s manifest names no models, or one file twice.</source>
        <translation>Das Manifest des Modells nennt keine Modelle oder eine Datei zweimal.</translation>
    </message>
    <message>
        <source>The model&apos;s manifest names {file}, which is no file of a bundle.</source>
        <translation>Das Manifest des Modells nennt {file}, was keine Datei eines Modellpakets ist.</translation>
    </message>
    <message>
        <source>The output folder {folder} could not be opened: {cause}.</source>
        <translation>Der Ausgabeordner {folder} konnte nicht geöffnet werden: {cause}.</translation>
    </message>
    <message>
        <source>The picture does not look like the frontal chest films that the model knows.</source>
        <translation>Das Bild gleicht nicht den frontalen Thoraxaufnahmen, die das Modell kennt.</translation>
    </message>
    <message>
        <source>The picture has colours, as a photograph of a film has. Export the film itself.</source>
        <translation>Das Bild hat Farben wie das Foto eines Films. Exportieren Sie den Film selbst.</translation>
    </message>
    <message>
        <source>The picture has colours; a film has none.</source>
        <translation>Das Bild hat Farben; ein Film hat keine.</translation>
    </message>
    <message>
        <source>The picture is not recognised as one whole, upright, frontal chest film.</source>
        <translation>Das Bild wird nicht als eine ganze, aufrechte, frontale Thoraxaufnahme erkannt.</translation>
    </message>
    <message>
        <source>The picture itself may show the patient&apos;s name.</source>
        <translation>Das Bild selbst kann den Namen des Patienten zeigen.</translation>
    </message>
    <message>
        <source>Give a number, or the path of a camera&apos;s device, such as /dev/video0. Files are not opened.</source>
        <translation>Geben Sie eine Nummer an oder den Pfad des Geräts einer Kamera, etwa /dev/video0. Dateien werden nicht geöffnet.</translation>
    </message>
    <message>
        <source>Have the administrator set it right: no model runs until then.</source>
        <translation>Lassen Sie sie von der Verwaltung berichtigen: Bis dahin läuft kein Modell.</translation>
    </message>
    <message>
        <source>If the older one is wanted, say so once: pneumoscope selftest --allow-older-model.</source>
        <translation>Ist das ältere gewollt, sagen Sie es einmal: pneumoscope selftest --allow-older-model.</translation>
    </message>
    <message>
        <source>Leave it out, or have the key changed ({file}, or the settings).</source>
        <translation>Lassen Sie es weg, oder lassen Sie den Schlüssel ändern ({file} oder die Einstellungen).</translation>
    </message>
    <message>
        <source>Move it elsewhere, or give another --output.</source>
        <translation>Legen Sie es woanders hin, oder geben Sie ein anderes --output an.</translation>
    </message>
    <message>
        <source>Set it again: no model runs until then.</source>
        <translation>Setzen Sie ihn neu: Bis dahin läuft kein Modell.</translation>
    </message>
    <message>
        <source>The arrays in {file} are damaged, or larger than a bundle&apos;s.</source>
        <translation>Die Felder in {file} sind beschädigt oder größer als die eines Modellpakets.</translation>
    </message>
    <message>
        <source>The bundle&apos;s Keras model cannot be loaded.</source>
        <translation>Das Keras-Modell des Modellpakets kann nicht geladen werden.</translation>
    </message>
    <message>
        <source>The key file {file} can be changed by others than root.</source>
        <translation>Die Schlüsseldatei {file} kann von anderen als root geändert werden.</translation>
    </message>
    <message>
        <source>The key file {file} cannot be read, or does not hold one public key.</source>
        <translation>Die Schlüsseldatei {file} kann nicht gelesen werden oder enthält nicht genau einen öffentlichen Schlüssel.</translation>
    </message>
    <message>
        <source>The model file {file} is too large: {bytes} bytes.</source>
        <translation>Die Modelldatei {file} ist zu groß: {bytes} Bytes.</translation>
    </message>
    <message>
        <source>The model {model} {version} ({date}) is older than version {newest} ({newest_date}), which ran here before.</source>
        <translation>Das Modell {model} {version} ({date}) ist älter als Version {newest} ({newest_date}), die hier schon lief.</translation>
    </message>
    <message>
        <source>The part {path} is damaged.</source>
        <translation>Der Teil {path} ist beschädigt.</translation>
    </message>
    <message>
        <source>The public key in the settings is empty or misspelt (32 bytes in base64).</source>
        <translation>Der öffentliche Schlüssel in den Einstellungen ist leer oder falsch geschrieben (32 Bytes in Base64).</translation>
    </message>
    <message>
        <source>The public key is empty or misspelt (32 bytes in base64).</source>
        <translation>Der öffentliche Schlüssel ist leer oder falsch geschrieben (32 Bytes in Base64).</translation>
    </message>
    <message>
        <source>The results could not be written to {path}: {cause}.</source>
        <translation>Die Ergebnisse konnten nicht nach {path} geschrieben werden: {cause}.</translation>
    </message>
    <message>
        <source>The scheduler at {address} has no workers.</source>
        <translation>Der Scheduler unter {address} hat keine Rechner.</translation>
    </message>
    <message>
        <source>The self-test failed: this machine does not reproduce the model&apos;s known answers.</source>
        <translation>Der Selbsttest schlug fehl: Dieser Rechner gibt die bekannten Antworten des Modells nicht wieder.</translation>
    </message>
    <message>
        <source>The signature of the model bundle is not by the maker whose key this site has set.</source>
        <translation>Die Signatur des Modellpakets stammt nicht von dem Hersteller, dessen Schlüssel diese Einrichtung gesetzt hat.</translation>
    </message>
    <message>
        <source>The window did not show a result in time.</source>
        <translation>Das Fenster hat nicht rechtzeitig ein Ergebnis gezeigt.</translation>
    </message>
    <message>
        <source>The window needs PySide6, which could not be loaded.</source>
        <translation>Das Fenster braucht PySide6, das nicht geladen werden konnte.</translation>
    </message>
    <message>
        <source>There is no model bundle in {folder}.</source>
        <translation>In {folder} liegt kein Modellpaket.</translation>
    </message>
    <message>
        <source>There is no picture to be saved.</source>
        <translation>Es gibt kein Bild zu speichern.</translation>
    </message>
    <message>
        <source>This is a photograph of a film; the model was not trained on photographs.</source>
        <translation>Dies ist das Foto eines Films; das Modell wurde nicht mit Fotos trainiert.</translation>
    </message>
    <message>
        <source>This site refuses such films.</source>
        <translation>Diese Einrichtung lehnt solche Filme ab.</translation>
    </message>
    <message>
        <source>Three of the four corners lie on a line.</source>
        <translation>Drei der vier Ecken liegen auf einer Linie.</translation>
    </message>
    <message>
        <source>Time taken, ms</source>
        <translation>Dauer, ms</translation>
    </message>
    <message>
        <source>Transparent parts of the picture were taken as black.</source>
        <translation>Durchsichtige Teile des Bildes wurden als schwarz genommen.</translation>
    </message>
    <message>
        <source>Turn it upright and open it again.</source>
        <translation>Drehen Sie ihn aufrecht und öffnen Sie ihn erneut.</translation>
    </message>
    <message>
        <source>Uncertain</source>
        <translation>Unsicher</translation>
    </message>
    <message>
        <source>Use LiteRT there (--runtime litert), or a process of its own.</source>
        <translation>Nehmen Sie dort LiteRT (--runtime litert) oder einen eigenen Prozess.</translation>
    </message>
    <message>
        <source>Use that version.</source>
        <translation>Benutzen Sie jene Version.</translation>
    </message>
    <message>
        <source>Variant of the model</source>
        <translation>Variante des Modells</translation>
    </message>
    <message>
        <source>Wait for it, or give another --output.</source>
        <translation>Warten Sie auf ihn, oder geben Sie ein anderes --output an.</translation>
    </message>
    <message>
        <source>Wait for its end, or give another --output.</source>
        <translation>Warten Sie auf sein Ende, oder geben Sie ein anderes --output an.</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>Warnungen</translation>
    </message>
    <message>
        <source>What was scored is in the output folder; the same command goes on from there.</source>
        <translation>Was bewertet wurde, liegt im Ausgabeordner; derselbe Befehl macht dort weiter.</translation>
    </message>
    <message>
        <source>What was written so far is in that file; the same command goes on from there.</source>
        <translation>Was bisher geschrieben wurde, steht in dieser Datei; derselbe Befehl macht dort weiter.</translation>
    </message>
    <message>
        <source>Where the model looked, not a lesion outline</source>
        <translation>Wohin das Modell schaute, kein Umriss eines Befundes</translation>
    </message>
    <message>
        <source>a JPEG of more than 8 bits</source>
        <translation>ein JPEG mit mehr als 8 Bit</translation>
    </message>
    <message>
        <source>a JPEG-LS file</source>
        <translation>eine JPEG-LS-Datei</translation>
    </message>
    <message>
        <source>a hierarchical JPEG</source>
        <translation>ein hierarchisches JPEG</translation>
    </message>
    <message>
        <source>a lossless JPEG</source>
        <translation>ein verlustfreies JPEG</translation>
    </message>
    <message>
        <source>a private transfer syntax of a manufacturer</source>
        <translation>eine private Transfersyntax eines Herstellers</translation>
    </message>
    <message>
        <source>a video (MPEG or HEVC)</source>
        <translation>ein Video (MPEG oder HEVC)</translation>
    </message>
    <message>
        <source>an unknown transfer syntax</source>
        <translation>eine unbekannte Transfersyntax</translation>
    </message>
    <message>
        <source>balanced</source>
        <translation>ausgewogen</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
    <message>
        <source>do not use</source>
        <translation>nicht verwenden</translation>
    </message>
    <message>
        <source>does not exist</source>
        <translation>gibt es nicht</translation>
    </message>
    <message>
        <source>files by Landlock {abi}</source>
        <translation>Dateien durch Landlock {abi}</translation>
    </message>
    <message>
        <source>files that are no film ({count})</source>
        <translation>Dateien, die kein Film sind ({count})</translation>
    </message>
    <message>
        <source>files that cannot be read ({count})</source>
        <translation>Dateien, die sich nicht lesen lassen ({count})</translation>
    </message>
    <message>
        <source>flipped top to bottom</source>
        <translation>von oben nach unten gespiegelt</translation>
    </message>
    <message>
        <source>has more than {limit} elements; a film&apos;s has a few hundred</source>
        <translation>hat mehr als {limit} Elemente; der eines Films hat einige hundert</translation>
    </message>
    <message>
        <source>hidden files and folders ({count})</source>
        <translation>versteckte Dateien und Ordner ({count})</translation>
    </message>
    <message>
        <source>high sensitivity</source>
        <translation>hohe Sensitivität</translation>
    </message>
    <message>
        <source>high specificity</source>
        <translation>hohe Spezifität</translation>
    </message>
    <message>
        <source>is a folder</source>
        <translation>ist ein Ordner</translation>
    </message>
    <message>
        <source>is nested more than {limit} deep</source>
        <translation>ist mehr als {limit} Ebenen tief verschachtelt</translation>
    </message>
    <message>
        <source>is not a file</source>
        <translation>ist keine Datei</translation>
    </message>
    <message>
        <source>it can reach the network, without seccomp ({cause})</source>
        <translation>er kann das Netz erreichen, ohne seccomp ({cause})</translation>
    </message>
    <message>
        <source>it can read this user&apos;s files, without Landlock ({cause})</source>
        <translation>er kann die Dateien dieses Benutzers lesen, ohne Landlock ({cause})</translation>
    </message>
    <message>
        <source>it may gain rights ({cause})</source>
        <translation>er kann Rechte gewinnen ({cause})</translation>
    </message>
    <message>
        <source>its limits could not be set ({cause})</source>
        <translation>seine Grenzen ließen sich nicht setzen ({cause})</translation>
    </message>
    <message>
        <source>linked folders ({count})</source>
        <translation>verknüpfte Ordner ({count})</translation>
    </message>
    <message>
        <source>lists of a disc&apos;s files ({count})</source>
        <translation>Dateiverzeichnisse von Datenträgern ({count})</translation>
    </message>
    <message>
        <source>multi-component JPEG 2000 or JPIP</source>
        <translation>JPEG 2000 mit mehreren Komponenten oder JPIP</translation>
    </message>
    <message>
        <source>negative</source>
        <translation>negativ</translation>
    </message>
    <message>
        <source>not a valid identifier</source>
        <translation>keine gültige Kennung</translation>
    </message>
    <message>
        <source>not read</source>
        <translation>nicht gelesen</translation>
    </message>
    <message>
        <source>not scored</source>
        <translation>nicht bewertet</translation>
    </message>
    <message>
        <source>nothing: this is not Linux</source>
        <translation>gar nicht: Das ist kein Linux</translation>
    </message>
    <message>
        <source>other programs may look into it ({cause})</source>
        <translation>andere Programme können hineinsehen ({cause})</translation>
    </message>
    <message>
        <source>positive</source>
        <translation>positiv</translation>
    </message>
    <message>
        <source>running</source>
        <translation>läuft</translation>
    </message>
    <message>
        <source>system calls by seccomp</source>
        <translation>Systemaufrufe durch seccomp</translation>
    </message>
    <message>
        <source>tflite-runtime does not work in a process that has imported TensorFlow.</source>
        <translation>tflite-runtime läuft nicht in einem Prozess, der TensorFlow importiert hat.</translation>
    </message>
    <message>
        <source>the file states an age of {stated:.0f} years, and dates that make {computed:.0f} years</source>
        <translation>die Datei nennt ein Alter von {stated:.0f} Jahren und Daten, die {computed:.0f} Jahre ergeben</translation>
    </message>
    <message>
        <source>the film is dated before the patient&apos;s birth</source>
        <translation>der Film ist vor der Geburt datiert</translation>
    </message>
    <message>
        <source>the film looks unlike the films the model knows</source>
        <translation>der Film gleicht nicht den Filmen, die das Modell kennt</translation>
    </message>
    <message>
        <source>the modality is {modality}</source>
        <translation>die Modalität ist {modality}</translation>
    </message>
    <message>
        <source>the patient is {months:.0f} months old</source>
        <translation>das Alter ist {months:.0f} Monate</translation>
    </message>
    <message>
        <source>the patient is {years:.0f} years old</source>
        <translation>das Alter ist {years:.0f} Jahre</translation>
    </message>
    <message>
        <source>the patient lies on the side (decubitus)</source>
        <translation>die Aufnahme ist in Seitenlage (Dekubitus)</translation>
    </message>
    <message>
        <source>the patient&apos;s age in the file cannot be read</source>
        <translation>das Alter in der Datei lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>the view is {view}</source>
        <translation>die Ansicht ist {view}</translation>
    </message>
    <message>
        <source>to more than {limit_mb:.0f} MB</source>
        <translation>auf mehr als {limit_mb:.0f} MB</translation>
    </message>
    <message>
        <source>turned a quarter to the left</source>
        <translation>um eine Vierteldrehung nach links gedreht</translation>
    </message>
    <message>
        <source>turned a quarter to the right</source>
        <translation>um eine Vierteldrehung nach rechts gedreht</translation>
    </message>
    <message>
        <source>uncertain</source>
        <translation>unsicher</translation>
    </message>
    <message>
        <source>uncompressed pixels in fragments</source>
        <translation>unkomprimierte Bildpunkte in Teilen</translation>
    </message>
    <message>
        <source>upside down</source>
        <translation>auf den Kopf gestellt</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>{asked} processes are too many; {used} are used.</source>
        <translation>{asked} Prozesse sind zu viele; {used} werden verwendet.</translation>
    </message>
    <message>
        <source>{file}, which remembers the newest model, cannot be read.</source>
        <translation>{file}, wo das neueste Modell vermerkt ist, kann nicht gelesen werden.</translation>
    </message>
    <message>
        <source>{first} and {second}</source>
        <translation>{first} und {second}</translation>
    </message>
    <message>
        <source>{folder} holds files that are no output of `predict --cluster`.</source>
        <translation>{folder} enthält Dateien, die keine Ausgabe von `predict --cluster` sind.</translation>
    </message>
    <message>
        <source>{folder} was begun with another {setting}: {before}, now {now}.</source>
        <translation>{folder} wurde mit anderem {setting} begonnen: {before}, jetzt {now}.</translation>
    </message>
    <message>
        <source>{name} changed since it was analysed.</source>
        <translation>{name} wurde seit der Analyse verändert.</translation>
    </message>
    <message>
        <source>{name} contradicts itself on its colours: {stated} by its labels, {found} by its pixels.</source>
        <translation>{name} widerspricht sich bei den Farben: {stated} laut Angaben, {found} laut Bildpunkten.</translation>
    </message>
    <message>
        <source>{name} contradicts itself: its header and its pixels do not agree.</source>
        <translation>{name} widerspricht sich: Kopfdaten und Bildpunkte passen nicht zusammen.</translation>
    </message>
    <message>
        <source>{name} could not be analysed: an internal error.</source>
        <translation>{name} konnte nicht analysiert werden: ein interner Fehler.</translation>
    </message>
    <message>
        <source>{name} could not be read: {cause}.</source>
        <translation>{name} konnte nicht gelesen werden: {cause}.</translation>
    </message>
    <message>
        <source>{name} could not be written: {cause}.</source>
        <translation>{name} konnte nicht geschrieben werden: {cause}.</translation>
    </message>
    <message>
        <source>{name} has more than {limit_mp:.0f} million pixels, more than any chest film.</source>
        <translation>{name} hat mehr als {limit_mp:.0f} Millionen Bildpunkte, mehr als jede Thoraxaufnahme.</translation>
    </message>
    <message>
        <source>{name} has {bits} bits for each pixel; films of 8 and 16 are read.</source>
        <translation>{name} hat {bits} Bit je Bildpunkt; gelesen werden Filme mit 8 und 16.</translation>
    </message>
    <message>
        <source>{name} has {columns} x {rows} pixels; a film needs at least {least} on its shorter side.</source>
        <translation>{name} hat {columns} x {rows} Bildpunkte; ein Film braucht mindestens {least} auf der kürzeren Seite.</translation>
    </message>
    <message>
        <source>{name} has {columns} x {rows} pixels; neither side may have more than {limit}.</source>
        <translation>{name} hat {columns} x {rows} Bildpunkte; keine Seite darf mehr als {limit} haben.</translation>
    </message>
    <message>
        <source>{name} has {size_mb:.0f} MB; the limit is {limit_mb:.0f} MB.</source>
        <translation>{name} hat {size_mb:.0f} MB; die Grenze liegt bei {limit_mb:.0f} MB.</translation>
    </message>
    <message>
        <source>{name} holds measured values, not a film.</source>
        <translation>{name} enthält Messwerte, keinen Film.</translation>
    </message>
    <message>
        <source>{name} holds no picture.</source>
        <translation>{name} enthält kein Bild.</translation>
    </message>
    <message>
        <source>{name} is a DICOM file and a program at once.</source>
        <translation>{name} ist zugleich DICOM-Datei und Programm.</translation>
    </message>
    <message>
        <source>{name} is a big-endian BigTIFF, which is not read.</source>
        <translation>{name} ist ein Big-Endian-BigTIFF, das nicht gelesen wird.</translation>
    </message>
    <message>
        <source>{name} is compressed in a way that cannot be read here: {reasons} ({uid}).</source>
        <translation>{name} ist auf eine Weise komprimiert, die hier nicht gelesen werden kann: {reasons} ({uid}).</translation>
    </message>
    <message>
        <source>{name} is compressed with {codec}, and the decoder for it is not installed (python-gdcm).</source>
        <translation>{name} ist mit {codec} komprimiert, und der Decoder dafür ist nicht installiert (python-gdcm).</translation>
    </message>
    <message>
        <source>{name} is damaged or incomplete.</source>
        <translation>{name} ist beschädigt oder unvollständig.</translation>
    </message>
    <message>
        <source>{name} is empty (zero bytes).</source>
        <translation>{name} ist leer (null Byte).</translation>
    </message>
    <message>
        <source>{name} is not a film that can be read.</source>
        <translation>{name} ist kein lesbarer Film.</translation>
    </message>
    <message>
        <source>{name} is {reasons}, which is read inside DICOM files only.</source>
        <translation>{name} ist {reasons}; gelesen wird das nur in DICOM-Dateien.</translation>
    </message>
    <message>
        <source>{name} lists the files of a disc or folder; it is not a film.</source>
        <translation>{name} ist das Verzeichnis eines Datenträgers oder Ordners, kein Film.</translation>
    </message>
    <message>
        <source>{name} states pixels of a kind that is not read: {photometric}, {samples} samples for each.</source>
        <translation>{name} nennt Bildpunkte einer Art, die nicht gelesen wird: {photometric}, {samples} Werte je Bildpunkt.</translation>
    </message>
    <message>
        <source>{name} states {frames:.0f} frames; at most {limit} are read.</source>
        <translation>{name} nennt {frames:.0f} Bilder; höchstens {limit} werden gelesen.</translation>
    </message>
    <message>
        <source>{name} stores its colours in a way that is not read (segmented palette).</source>
        <translation>{name} speichert seine Farben in einer Weise, die nicht gelesen wird (segmentierte Palette).</translation>
    </message>
    <message>
        <source>{name} stores its pixels in a way that is not read ({mode}).</source>
        <translation>{name} speichert seine Bildpunkte in einer Weise, die nicht gelesen wird ({mode}).</translation>
    </message>
    <message>
        <source>{name} was not analysed: it made the analysis process stop.</source>
        <translation>{name} wurde nicht analysiert: Die Datei brachte den Analyseprozess zum Absturz.</translation>
    </message>
    <message>
        <source>{name} was not analysed: it took longer than {limit_s:g} s.</source>
        <translation>{name} wurde nicht analysiert: Es dauerte länger als {limit_s:g} s.</translation>
    </message>
    <message>
        <source>{name} was not analysed: the workers that tried it were lost.</source>
        <translation>{name} wurde nicht analysiert: Die Rechner, die es versuchten, fielen aus.</translation>
    </message>
    <message>
        <source>{name} would grow {reasons} when it is opened; no film does.</source>
        <translation>{name} würde beim Öffnen {reasons} wachsen; das tut kein Film.</translation>
    </message>
    <message>
        <source>{name} {reasons}.</source>
        <translation>{name} {reasons}.</translation>
    </message>
    <message>
        <source>{package} cannot run the model on this machine.</source>
        <translation>{package} kann das Modell auf diesem Rechner nicht ausführen.</translation>
    </message>
    <message>
        <source>{partial} holds rows of a run with other films or settings.</source>
        <translation>{partial} enthält Zeilen eines Laufs mit anderen Filmen oder Einstellungen.</translation>
    </message>
    <message>
        <source>{path} cannot be read.</source>
        <translation>{path} lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>{path} is a link.</source>
        <translation>{path} ist ein Verweis.</translation>
    </message>
    <message>
        <source>{path} is named like a part of an output, and is none.</source>
        <translation>{path} heißt wie ein Teil einer Ausgabe und ist keiner.</translation>
    </message>
    <message>
        <source>{percent:.0f}% of the picture is empty: the film is cut, or only half of it was read.</source>
        <translation>{percent:.0f} % des Bildes sind leer: Der Film ist abgeschnitten oder nur halb gelesen.</translation>
    </message>
    <message>
        <source>{times:.0f} times</source>
        <translation>auf das {times:.0f}-Fache</translation>
    </message>
</context>
<context>
    <name>ModelDialog</name>
    <message>
        <source>About the model</source>
        <translation>Über das Modell</translation>
    </message>
    <message>
        <source>The model is being loaded.</source>
        <translation>Das Modell wird geladen.</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Performance</source>
        <translation>Leistung</translation>
    </message>
    <message>
        <source>Limits and origin</source>
        <translation>Grenzen und Herkunft</translation>
    </message>
    <message>
        <source>Model card</source>
        <translation>Modellkarte</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Made by</source>
        <translation>Hergestellt von</translation>
    </message>
    <message>
        <source>UID</source>
        <translation>UID</translation>
    </message>
    <message>
        <source>File in use</source>
        <translation>Datei in Gebrauch</translation>
    </message>
    <message>
        <source>SHA-256</source>
        <translation>SHA-256</translation>
    </message>
    <message>
        <source>Manifest SHA-256</source>
        <translation>SHA-256 des Manifests</translation>
    </message>
    <message>
        <source>Runtime</source>
        <translation>Laufzeit</translation>
    </message>
    <message>
        <source>Self-test</source>
        <translation>Selbsttest</translation>
    </message>
    <message>
        <source>{films} known answers reproduced, largest difference {difference}</source>
        <translation>{films} bekannte Antworten wiederholt, größter Unterschied {difference}</translation>
    </message>
    <message>
        <source>(in use)</source>
        <translation>(in Gebrauch)</translation>
    </message>
    <message>
        <source>threshold {threshold}: sensitivity {sensitivity}, specificity {specificity}, measured on {films}</source>
        <translation>Schwelle {threshold}: Sensitivität {sensitivity}, Spezifität {specificity}, gemessen an {films}</translation>
    </message>
    <message>
        <source>probability {low} to {high}</source>
        <translation>Wahrscheinlichkeit {low} bis {high}</translation>
    </message>
    <message>
        <source>Uncertain band</source>
        <translation>Unsicherer Bereich</translation>
    </message>
    <message>
        <source>Intended use</source>
        <translation>Zweckbestimmung</translation>
    </message>
    <message>
        <source>Films it was made for</source>
        <translation>Filme, für die es gemacht ist</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>Grenzen</translation>
    </message>
    <message>
        <source>Trained on</source>
        <translation>Trainiert mit</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netz</translation>
    </message>
</context>
<context>
    <name>ProbabilityScale</name>
    <message>
        <source>Probability {probability} percent. Operating point {threshold} percent. Uncertain from {low} to {high} percent.</source>
        <translation>Wahrscheinlichkeit {probability} Prozent. Arbeitspunkt {threshold} Prozent. Unsicher von {low} bis {high} Prozent.</translation>
    </message>
    <message>
        <source>operating point {threshold} %</source>
        <translation>Arbeitspunkt {threshold} %</translation>
    </message>
</context>
<context>
    <name>Report</name>
    <message>
        <source>Pneumoscope report</source>
        <translation>Pneumoscope-Bericht</translation>
    </message>
    <message>
        <source>Chest X-ray: result of a model</source>
        <translation>Thoraxaufnahme: Ergebnis eines Modells</translation>
    </message>
    <message>
        <source>The film as displayed; the model read the file itself</source>
        <translation>Der Film wie angezeigt; das Modell las die Datei selbst</translation>
    </message>
    <message>
        <source>Probability of pneumonia: {0}</source>
        <translation>Wahrscheinlichkeit einer Pneumonie: {0}</translation>
    </message>
    <message>
        <source>Threshold: {0}</source>
        <translation>Schwelle: {0}</translation>
    </message>
    <message>
        <source>Operating point: {0}, threshold {1} ({2})</source>
        <translation>Arbeitspunkt: {0}, Schwelle {1} ({2})</translation>
    </message>
    <message>
        <source>Expected there: sensitivity {0}, specificity {1}, measured on {2}</source>
        <translation>Dort zu erwarten: Sensitivität {0}, Spezifität {1}, gemessen an {2}</translation>
    </message>
    <message>
        <source>threshold</source>
        <translation>Schwelle</translation>
    </message>
    <message>
        <source>Bundle, SHA-256</source>
        <translation>Paket, SHA-256</translation>
    </message>
    <message>
        <source>Heat map</source>
        <translation>Heatmap</translation>
    </message>
    <message>
        <source>Intended use</source>
        <translation>Zweckbestimmung</translation>
    </message>
    <message>
        <source>{0}, opacity {1} %, on the model&apos;s fixed scale</source>
        <translation>{0}, Deckkraft {1} %, auf der festen Skala des Modells</translation>
    </message>
    <message>
        <source>The reader agrees</source>
        <translation>Die befundende Person stimmt zu</translation>
    </message>
    <message>
        <source>The reader disagrees</source>
        <translation>Die befundende Person widerspricht</translation>
    </message>
    <message>
        <source>The reader has given no verdict</source>
        <translation>Die befundende Person hat sich nicht geäußert</translation>
    </message>
</context>
<context>
    <name>ReportDialog</name>
    <message>
        <source>Report</source>
        <translation>Bericht</translation>
    </message>
    <message>
        <source>This film: {name} ({outcome})</source>
        <translation>Dieser Film: {name} ({outcome})</translation>
    </message>
    <message>
        <source>The {count} selected films</source>
        <translation>Die {count} gewählten Filme</translation>
    </message>
    <message>
        <source>All {count} films of the list</source>
        <translation>Alle {count} Filme der Liste</translation>
    </message>
    <message>
        <source>One page for each film: film and heat map, result with its operating point, flags, model and hashes, your reading and comment. A film without a score is reported with its reason.</source>
        <translation>Eine Seite je Film: Film und Heatmap, Ergebnis mit Arbeitspunkt, Hinweise, Modell und Hashes, Ihre Befundung und Ihr Kommentar. Ein Film ohne Bewertung erscheint mit seinem Grund.</translation>
    </message>
    <message>
        <source>Save PDF...</source>
        <translation>PDF speichern...</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} von {total}</translation>
    </message>
    <message>
        <source>Saved: {path}</source>
        <translation>Gespeichert: {path}</translation>
    </message>
    <message>
        <source>The report was given up; no file was left.</source>
        <translation>Der Bericht wurde aufgegeben; es blieb keine Datei.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>ResultPanel</name>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Details of the analysis</source>
        <translation>Einzelheiten der Analyse</translation>
    </message>
    <message>
        <source>No film</source>
        <translation>Kein Film</translation>
    </message>
    <message>
        <source>Open a film to see what the model says.</source>
        <translation>Öffnen Sie einen Film, um zu sehen, was das Modell sagt.</translation>
    </message>
    <message>
        <source>probability of pneumonia, as the model sees it</source>
        <translation>Wahrscheinlichkeit einer Pneumonie laut Modell</translation>
    </message>
    <message>
        <source>The film is being analysed.</source>
        <translation>Der Film wird analysiert.</translation>
    </message>
    <message>
        <source>This film was not analysed: it was cancelled.</source>
        <translation>Dieser Film wurde nicht analysiert: er wurde abgebrochen.</translation>
    </message>
    <message>
        <source>The film waits for its analysis.</source>
        <translation>Der Film wartet auf seine Analyse.</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent} %</translation>
    </message>
    <message>
        <source>What was measured does not hold for this film.</source>
        <translation>Was gemessen wurde, gilt für diesen Film nicht.</translation>
    </message>
</context>
<context>
    <name>ReviewBox</name>
    <message>
        <source>I agree</source>
        <translation>Stimme zu</translation>
    </message>
    <message>
        <source>I disagree</source>
        <translation>Widerspreche</translation>
    </message>
    <message>
        <source>Comment for the report</source>
        <translation>Kommentar für den Bericht</translation>
    </message>
    <message>
        <source>Your reading</source>
        <translation>Ihre Befundung</translation>
    </message>
</context>
<context>
    <name>Ruler</name>
    <message>
        <source>{value} px</source>
        <translation>{value} px</translation>
    </message>
    <message>
        <source>{value} mm</source>
        <translation>{value} mm</translation>
    </message>
    <message>
        <source>(at the detector)</source>
        <translation>(am Detektor)</translation>
    </message>
</context>
<context>
    <name>Run</name>
    <message>
        <source>Something went wrong. A report was kept on this computer; see it at the next start.</source>
        <translation>Etwas ging schief. Ein Bericht liegt auf diesem Rechner; er erscheint beim nächsten Start.</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Heat map</source>
        <translation>Heatmap</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Kamera</translation>
    </message>
    <message>
        <source>Reset all settings</source>
        <translation>Alle zurücksetzen</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>Wie der Desktop</translation>
    </message>
    <message>
        <source>Language (from the next start on)</source>
        <translation>Sprache (ab dem nächsten Start)</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Mouse</source>
        <translation>Maus</translation>
    </message>
    <message>
        <source>Fingers (44 pixels and more)</source>
        <translation>Finger (44 Bildpunkte und mehr)</translation>
    </message>
    <message>
        <source>Size of what is clicked</source>
        <translation>Größe der Bedienelemente</translation>
    </message>
    <message>
        <source>Size of the text</source>
        <translation>Größe der Schrift</translation>
    </message>
    <message>
        <source>The model&apos;s default</source>
        <translation>Vorgabe des Modells</translation>
    </message>
    <message>
        <source>Operating point</source>
        <translation>Arbeitspunkt</translation>
    </message>
    <message>
        <source>Score them and flag it</source>
        <translation>Bewerten und kennzeichnen</translation>
    </message>
    <message>
        <source>Refuse them</source>
        <translation>Ablehnen</translation>
    </message>
    <message>
        <source>Films of patients the model does not know</source>
        <translation>Filme von Patienten, die das Modell nicht kennt</translation>
    </message>
    <message>
        <source>Quantized (fast on small machines)</source>
        <translation>Quantisiert (schnell auf kleinen Rechnern)</translation>
    </message>
    <message>
        <source>Float</source>
        <translation>Gleitkomma</translation>
    </message>
    <message>
        <source>File of the bundle</source>
        <translation>Datei des Pakets</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Runtime</source>
        <translation>Laufzeit</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Threads</translation>
    </message>
    <message>
        <source>The shipped model</source>
        <translation>Das mitgelieferte Modell</translation>
    </message>
    <message>
        <source>Choose...</source>
        <translation>Wählen...</translation>
    </message>
    <message>
        <source>Folder of the model bundle</source>
        <translation>Ordner des Modellpakets</translation>
    </message>
    <message>
        <source>Show the heat map</source>
        <translation>Heatmap zeigen</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>Deckkraft</translation>
    </message>
    <message>
        <source>Keep a history of analyses</source>
        <translation>Einen Verlauf der Analysen aufbewahren</translation>
    </message>
    <message>
        <source> days</source>
        <translation> Tage</translation>
    </message>
    <message>
        <source>For ever</source>
        <translation>Für immer</translation>
    </message>
    <message>
        <source>Keep for</source>
        <translation>Aufbewahren für</translation>
    </message>
    <message>
        <source>Folder and name of the file</source>
        <translation>Ordner und Name der Datei</translation>
    </message>
    <message>
        <source>Name of the file</source>
        <translation>Name der Datei</translation>
    </message>
    <message>
        <source>Only its hash (names can be patients&apos; names)</source>
        <translation>Nur der Hash (Namen können Patientennamen sein)</translation>
    </message>
    <message>
        <source>What is kept of a film</source>
        <translation>Was vom Film aufbewahrt wird</translation>
    </message>
    <message>
        <source>Delete everything...</source>
        <translation>Alles löschen...</translation>
    </message>
    <message>
        <source>auto, the number of a camera (0, 1 ...), or its device (/dev/video0)</source>
        <translation>auto, die Nummer einer Kamera (0, 1 ...) oder ihr Gerät (/dev/video0)</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard and mouse</source>
        <translation>Tastatur und Maus</translation>
    </message>
    <message>
        <source>On the film</source>
        <translation>Auf dem Film</translation>
    </message>
</context>
<context>
    <name>ViewController</name>
    <message>
        <source>Turn right</source>
        <translation>Nach rechts drehen</translation>
    </message>
    <message>
        <source>Turn left</source>
        <translation>Nach links drehen</translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation>Spiegeln</translation>
    </message>
</context>
<context>
    <name>ViewerPanel</name>
    <message>
        <source>Film without heat map</source>
        <translation>Film ohne Heatmap</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>At the operating point in use ({point}), the model called {sensitivity} of 100 films with pneumonia positive, and {specificity} of 100 normal films negative.</source>
        <translation>Am gewählten Arbeitspunkt ({point}) nannte das Modell {sensitivity} von 100 Filmen mit Pneumonie positiv und {specificity} von 100 normalen Filmen negativ.</translation>
    </message>
    <message>
        <source>Too close to call: read this film as if there were no model.</source>
        <translation>Zu knapp: Befunden Sie diesen Film, als gäbe es kein Modell.</translation>
    </message>
</context>
<context>
    <name>WorklistModel</name>
    <message>
        <source>Film</source>
        <translation>Film</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Flags</source>
        <translation>Hinweise</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent} %</translation>
    </message>
</context>
<context>
    <name>WorklistPanel</name>
    <message>
        <source>Search</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Search the list</source>
        <translation>Liste durchsuchen</translation>
    </message>
    <message>
        <source>Show only</source>
        <translation>Nur zeigen</translation>
    </message>
    <message>
        <source>Films</source>
        <translation>Filme</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} von {total}</translation>
    </message>
    <message>
        <source>All films</source>
        <translation>Alle Filme</translation>
    </message>
    <message>
        <source>Positive</source>
        <translation>Positiv</translation>
    </message>
    <message>
        <source>Uncertain</source>
        <translation>Unsicher</translation>
    </message>
    <message>
        <source>Negative</source>
        <translation>Negativ</translation>
    </message>
    <message>
        <source>Without a score</source>
        <translation>Ohne Bewertung</translation>
    </message>
    <message>
        <source>With flags</source>
        <translation>Mit Hinweisen</translation>
    </message>
    <message>
        <source>Not yet read by you</source>
        <translation>Noch nicht befundet</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Flags</source>
        <translation>Hinweise</translation>
    </message>
</context>
<context>
    <name>_BigButtons</name>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
    <message>
        <source>More commands</source>
        <translation>Weitere Befehle</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>List</source>
        <translation>Liste</translation>
    </message>
    <message>
        <source>Heat map</source>
        <translation>Heatmap</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>Fenster</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Einpassen</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Hold to quit</source>
        <translation>Halten: Ende</translation>
    </message>
    <message>
        <source>Hold for two seconds to quit</source>
        <translation>Zum Beenden zwei Sekunden halten</translation>
    </message>
</context>
</TS>
