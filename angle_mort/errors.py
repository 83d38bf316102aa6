"""Problems with stable codes: what is wrong, where, and how to mend it.

A problem holds no answer and no name of a person. Messages here are in English for the people who read code; the French
sentence that a coach meets has the same code and the same placeholders in ``angle_mort/text/fr.yaml``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

CODES: dict[str, str] = {
    # 1xx the instrument
    "AM101": "The questionnaire file {path} cannot be read: {reason}. Use the one that travels with the package.",
    "AM102": "The questionnaire file {path} contradicts itself: {reason}. Correct the file.",
    "AM103": "The norms file {path} cannot be used: {reason}. Make it again with build_norms, or correct it.",
    "AM104": "There are no norms named {name}. Put the file {name}.yaml into {folder}, or name others.",
    "AM105": "Norms need {minimum} leaders who answered the same questions, and there are {n}: nothing was written. Add cohorts.",
    "AM106": "Norms cannot be named {name!r}. Use lower-case ASCII letters, digits, - or _, and a name that was never used.",
    # 2xx responses
    "AM201": "There is no file {path}. Check the path.",
    "AM202": "The file {path} is empty. Export the answers again.",
    "AM203": "The file {path} is larger than {limit} MB. Keep only the sheet of answers.",
    "AM204": "The file {path} cannot be opened: it is a folder, or another program holds it. Close it there.",
    "AM205": "The file {path} is an old Excel workbook (.xls). Save it as .xlsx or CSV.",
    "AM206": "The workbook {path} is protected by a password. Save a copy without it.",
    "AM207": "The file {path} is a web page or XML under another name. Export CSV or XLSX.",
    "AM208": "The file {path} is neither CSV nor XLSX ({kind}). Export the answers as CSV or XLSX.",
    "AM209": "The workbook {path} is damaged or cut. Export it again.",
    "AM210": "The file {path} holds null bytes: it is no text. Export it again as CSV in UTF-8.",
    "AM211": "The accents of {path} are damaged. Start again from the original export, in UTF-8.",
    "AM212": "The file {path} is cut: a quote stays open. Export it again.",
    "AM213": "The file {path} mixes two delimiters. Start again from the original export.",
    "AM214": "Lines {lines} of {path} do not have the {width} cells of the header. The file is cut, or a column has no title.",
    "AM215": "The workbook {path} grows too large once opened, or a cell stands far from the table. Copy the table into a new one.",
    "AM216": "The file {path} has a header and no answer. Export it again once answers have come.",
    "AM217": "The file {path} is a ZIP that holds a CSV. Unpack it and give the CSV.",
    "AM220": "No column of {path} is a question of this questionnaire. Check that it is the right export.",
    "AM221": "The questions of {path} stand on line {line} and not on line 1. Delete the lines above.",
    "AM222": 'Column {column} is unknown: "{header}". Ignore it by its title, or remove it.',
    "AM223": 'Column {column} is unknown: "{header}" resembles {item}, "{wording}". Give it that exact text, or ignore it.',
    "AM224": "The form {form} lacks {n} questions in {path}: {items}. Export every column.",
    "AM225": "The question {item} stands in several columns: {columns}. Keep one.",
    "AM226": 'Column {column}, "{header}", could be {items}. Put the item id in its place.',
    "AM227": 'In columns {columns} the tool numbers the answers otherwise: expected from "{low}" to "{high}". Export the labels.',
    # 3xx the vault
    "AM301": "There is no vault at {path}. Create it first.",
    "AM302": "The passphrase does not open the vault {path}. Try again.",
    "AM303": "The vault {path} is damaged or was changed. Restore a copy.",
    "AM304": "A vault stands already at {path}. Open it, or choose another place.",
    "AM305": "No passphrase and no terminal to ask for it. Set {variable}.",
    "AM306": "The passphrase has fewer than {minimum} characters. Choose a longer one.",
    "AM307": "Another program is writing in the vault {path}. Wait until it has ended.",
    "AM308": "The vault {path} holds other answers for the cohort {cohort}, wave {wave}. Ask to replace them, or name another wave.",
    "AM309": "The vault {path} holds no cohort {cohort}. Store it first.",
    "AM310": "The vault {path} has format {version}, newer than this tool knows. Update the tool.",
    "AM311": "A pseudonym needs a key of {size} bytes. Give one of that length.",
    "AM312": "A pseudonym needs an identity, and this one is empty. Give an e-mail or a name.",
    "AM313": "The two passphrases differ. Type the same one twice.",
    "AM314": "The vault {path} cannot be written. Check the rights of the folder and the free space.",
    "AM315": "Nobody in the vault answers to that. Check the spelling, or give the e-mail.",
    "AM316": "{n} people in the vault bear that name. Give the e-mail of the one you mean.",
    "AM317": "The vault {path} has got another key since it was opened. Open it again.",
    "AM323": "The vault {path} holds no wave {wave} of the cohort {cohort}; it holds {known}. Import it first.",
    "AM318": "This export of the cohort {cohort}, wave {wave}, still holds {n} people who were erased. Delete their lines from the file, then replace the wave.",
    "AM319": "The file {path} is no backup, or a damaged one. Give another.",
    "AM320": "The tokens of the vault ({path}) are missing: known names cannot be recognised. Open the vault once to make them again.",
    "AM321": "The tokens of the vault ({path}) are damaged. Open the vault once to make them again.",
    "AM322": "The tokens of the vault ({path}) have format {version}, which this tool does not know. Update the tool.",
    "AM324": "The new file of wave {wave} lacks {n} leaders whose delegation plan the vault keeps: nothing changed. Put their lines back, erase them first, or empty their plans.",
    # 4xx scores
    "AM401": "Column {item} is no scorable item of this questionnaire. Remove or rename it.",
    "AM402": "The answers to {item} are not numbers. Give integer codes.",
    "AM403": "{count} answers to {item} lie outside its response format. Correct or blank them.",
    "AM404": "{n} respondents stand twice. Keep one row each.",
    "AM405": "There is no respondent. Give at least one row.",
    "AM406": "{given} profiles were asked and {most} prototypes are declared. Ask for fewer.",
    "AM407": "The codes must be whole numbers, respondents x {items} items; {dtype} of shape {shape} came. Give one column per item.",
    "AM408": "{n} rows name no respondent. Give each row its respondent.",
    "AM409": "{n} of the times taken are no number of seconds: a word, negative or infinite. Correct or blank them.",
    "AM410": "The table of scores lacks the columns {columns}. Give what score_responses returns.",
    "AM411": "{n} rows of the table of scores repeat a respondent and a scale. Keep one row for each pair.",
    "AM412": "{name} must be a probability between 0 and 1; {value} came.",
    "AM413": "The thresholds of the bands must rise; {first} then {second} came.",
    "AM414": "The dominant block compares three different scales; {n} came.",
    "AM415": "{count} cells of column {column} of the table of scores are no finite numbers. Correct or blank them.",
    "AM416": "{n} rows of the mirror are about nobody of the table of scores. Correct their respondent, or leave them out.",
    "AM420": "Scale {scale} is {nature}, not reflective: its parts are added, they do not measure the same thing, so alpha and omega mean nothing for it. Ask a reflective scale.",
    "AM421": "The answers to {item} are not numbers. Give the codes, not the words.",
    "AM422": "The answers to {item} hold an infinite number. Correct or blank it.",
    "AM423": "Scale {scale} has {n} usable rows; reliability needs at least 3. Gather more answers.",
    "AM424": "The questionnaire has no scale {scale}. Check its code.",
    "AM425": "A scale needs at least 2 items; {n} came. Give every item of the scale.",
    "AM426": "Missing answers are handled listwise or pairwise, not {value}. Choose one of the two.",
    "AM427": "No reflective scale of this questionnaire has an answer in this table. Check its columns.",
    "AM428": "The pool gives no reliability between 0 and 1 for scale {scale}. Gather more answers, or look at its items first.",
    "AM429": "To compare structures each scale needs at least 3 items; {scale} has {n}. Give every item of the scale.",
    # 5xx profiles
    "AM501": "The table of scores to place lacks the columns {columns}. Give what score_responses returns.",
    "AM502": "{n} rows of the table to place repeat a respondent and a scale. Keep one row for each pair.",
    "AM510": "The scores of column {column} hold an infinity. Correct or blank them.",
    "AM511": "There are too few respondents with a score (n_samples={count}) for {components} profiles; at least 2, and one per profile, are needed.",
    "AM512": "The scores of column {column} are all missing. Leave the column out.",
    "AM513": "The scores of column {column} are all the same: nothing tells profiles apart there. Leave the column out.",
    "AM514": "{name} must be {expected}; {value} came.",
    "AM515": "The standard errors have {came} and the scores {expected} (rows, columns). Give one error per score.",
    "AM516": "{count} standard errors are negative or not numbers. Correct or blank them.",
    "AM517": "The profiles were not found with certainty: no start converged in {max_iter} steps. Raise max_iter, or ask fewer profiles.",
    "AM518": "Every start shrank onto a few equal answers. Keep the weak prior, or ask fewer profiles.",
    "AM519": "This stored model cannot be used: {reason}. Store it again with this version.",
    "AM520": "The scores to place lack the scales {columns} of this model. Give every scale that it was fitted to.",
    "AM521": "This model was read from a file and holds no people. Fit it again on the cohort whose people you mean.",
    "AM522": "{n} people of this model have no row among the outcomes, or somebody has two. Give one row for each.",
    "AM523": "This stored model was changed after it was saved: its digest does not match. Store it again.",
    "AM524": "There is no readable model at {path}. Check the path; it is a .json file.",
    "AM525": "The model cannot be written to {path}. Check rights and free space, or give another place.",
    "AM526": "This model was made with questionnaire {found}; the cohorts with {known}. Give a model of the same one.",
    # 6xx cohorts and disclosure
    "AM601": "There is no released cohort in {folder}. Give a folder made by a release; it holds certificate.json.",
    "AM602": "{file} of cohort {folder} does not match its certificate. Release the cohort again; never edit its files.",
    "AM603": "Cohort {folder} was made by another version (format {found}, known: {known}). Update the tool, or release it again.",
    "AM604": "The certificate of cohort {folder} cannot be read. Release the cohort again.",
    "AM605": "{n} leaders are left and {minimum} are needed to speak of a group. Wait for more answers or join two cohorts.",
    "AM607": "This leader is not in cohort {cohort}. Choose an id from its list.",
    "AM608": "The cohort was made with questionnaire {found}; this one is {known}. Release it again from the export.",
    "AM609": "Cohort name {name!r} will not do. Use lower-case ASCII letters, digits, - or _, at most 41 characters.",
    "AM640": "Cohort name {name!r} ends like a wave. Give the cohort {cohort} and the wave {wave} apart.",
    "AM641": "Wave {wave!r} will not do. Name waves T0, T1, T2 and so on, at most T99.",
    "AM659": "Cohort {cohort} was released from other answers than the vault holds now. Release it again.",
    "AM642": "Nobody of cohort {cohort} answered two waves. Import another wave of the same people.",
    "AM643": "The months given do not fit the waves {waves}. Give one increasing number per wave, the first 0.",
    "AM644": "Nobody who is followed in cohort {cohort} is named so. Give the whole name as the table of leaders has it.",
    "AM616": "These {n} rows are not the whole released cohort of {sealed}. Release a cohort of those you mean.",
    "AM612": "The form {form} scores no leader. Import the complete form or the follow-up.",
    "AM613": "Folder {folder} holds something else than a released cohort: it was left alone. Give another folder.",
    "AM614": "Folder {folder} cannot be written: nothing was changed. Check rights, free space and open programs.",
    "AM610": "Cohort {name} exists already. Choose another name, or replace it explicitly.",
    "AM611": "{n} leaders are in the pool and {minimum} are needed to tell how its questions held. Wait, or join cohorts.",
    "AM618": "The certificate of cohort {folder} declares thresholds that protect less than this tool's. Release it again.",
    "AM619": "A pool of {n} leaders with every score is too small to share rows of; {minimum} are needed. Wait, or join cohorts.",
    "AM617": "The norms {name} are no longer those that cohort {cohort} was released with. Put the file back as it was, or release the cohort again.",
    "AM628": "No cohort to join: at least one folder is needed. Give its path.",
    "AM629": "Invented and real cohorts would be mixed in one group. Give the ones or the others.",
    "AM630": "There is no ledger at {path}: without it nothing can be shared. Restore data/private from a copy.",
    "AM631": "The ledger {path} was changed, cut or removed in part: nothing more is shared. Restore data/private from a copy.",
    "AM632": "The ledger {path} is of another audience or of another version of the tool. Update the tool, or put the right file back.",
    "AM633": "The ledger {path} cannot be read or written. Check rights, free space and open programs.",
    "AM634": "{cohort} is not shared, and nothing is written: beside what was shared already ({earlier}) it would tell of {n} people, and {minimum} are needed. Share again a page as it was, each leader's own sheet, or a cohort that differs from each shared one by {minimum} people or none.",
    "AM635": "Cohort {cohort} is not in the ledger beside it. Import it again here, with --remplacer.",
    "AM638": "The ledger {path} is of a vault that is no longer there: beside a new one it would recognise nobody. Restore that vault from a backup, or begin in another folder and share no page of the same people again.",
    "AM637": "{cohort} is not shared, and nothing is written: of two waves, those who answered both or both whole waves are told of, never both, and {earlier} was shared already. Share a page as it was, each leader's own sheet, or what goes with it.",
    "AM645": "The explorer's {name} cannot be {value!r}. Take one of its choices.",
    "AM646": "The list of questions {path} cannot be read. Move it away, and begin another.",
    "AM647": "The list of questions {path} cannot be written: nothing changed. Check the rights of the folder and the free space.",
    "AM648": "This cohort is in no folder, so there is no private folder beside it for the list. Load it from its folder.",
    "AM650": "{n} cohorts cannot stand side by side. Give two to {most}.",
    "AM651": "Cohorts {cohorts} have leaders in common, or are waves of one cohort: they are not compared. Take groups of different people.",
    "AM636": "This page is not of the cohort named by cohort_path, so the ledger cannot tell what it shares. Publish with am.publish and cohort_path.",
    # 67x the delegation plan
    "AM670": "There is no trade pack {pack!r}; there are {known}. Take one of those.",
    "AM671": "Line {row} of the plan has no words. Say what the task is, or remove the line.",
    "AM672": "Line {row} of the plan: hours a week are a number from 0 to {most}, or nothing when unknown. Correct them.",
    "AM673": "Line {row} of the plan: a quarter is written 2027-T1. Correct it, or leave it empty.",
    "AM674": "Line {row} of the plan has none of the four priorities. Give one, or keep the task for the leader.",
    "AM660": "The vault does not hold this leader of cohort {cohort} under this id. Release the cohort again from this vault.",
    "AM661": "The export holds the form {form}, not the mirror. Give the export of what collaborators answered.",
    # 7xx publishing
    "AM700": "Notebook {path} cannot be read. Check its path; it is an .ipynb file.",
    "AM701": "The notebook has no parameter {name!r}. Known ones: {known}.",
    "AM714": "The notebook has no parameter {name!r}; did you mean {near!r}? Known ones: {known}.",
    "AM715": "The page of notebook {path} needs a kernel: it holds more than prose and views of one cohort. Use am.publish.",
    "AM702": "Cell {cell} of the notebook failed ({reason}): nothing was published. Run it in JupyterLab to see why.",
    "AM703": "The notebook's kernel stopped ({reason}): nothing was published. Try again with other programs closed.",
    "AM704": "The page holds what must not leave ({kind}; {where}): nothing was published. Remove it from the notebook.",
    "AM706": "The outputs are of {n} cohorts or leaders and a page tells of one. Publish one at a time.",
    "AM707": "{path} cannot be written. Check rights and free space, or give another folder.",
    "AM705": "No output of the notebook carries the mark {audience!r}: nothing was published. Use the views of am.views.",
    "AM708": "There is no file {path}, or it cannot be opened. Check the path; it is one file, not a folder.",
    "AM709": "{path} is no table that can be written. Give a name that ends in .csv or .xlsx.",
    "AM710": "Opened, the file would hold more than {limit} MB ({where}): it was not looked through. Send less, or parts of it.",
    "AM711": "A part of the file grows more than {limit} times when it is opened ({where}): it was not looked through. Do not send it.",
    "AM712": "The file holds more than {limit} wrappings inside each other ({where}): it was not looked through. Unpack it first.",
    "AM713": "The file is locked or damaged ({where}) and cannot be looked through. Save it anew, without a password.",
    "AM720": "No Chromium, Chrome or Edge is on this computer: no PDF was made. The HTML page says the same; print it from any browser.",
    "AM721": "{browser} did not print the page: no PDF was made. The HTML page says the same; print it from any browser.",
    # 8xx the command line
    "AM800": "Unforeseen error ({kind}). Nothing is lost: try again; set {variable}=1 to see it whole.",
    "AM801": "The command is incomplete or holds an unknown word. {usage} For help: {command} --help",
    "AM802": "Nothing was erased: somebody must say whom, and confirm. Run the command in a terminal, or give both and --oui.",
    "AM803": "{folder} is a file, not a folder. Give another folder.",
    "AM805": "No folder matches {pattern}. Check the path.",
    "AM807": "There is no notebook {notebook} for a page to share; there are {known}. Give one of those numbers.",
    "AM806": "Two cohorts are named {name}: their pages would overwrite each other. Make them in two folders.",
    "AM810": "{name} is the name of the page over all reports. Rename the folder of this cohort.",
    "AM811": "{text!r} is no parameter. Write --parametre NAME=VALUE; the cohorts are given by themselves.",
    "AM812": "Another command makes pages in {folder} now. Wait until it is done.",
    "AM808": "Folder {folder} holds other things ({found}): it was left alone. Give a new or empty folder.",
    "AM809": "Folder {folder} cannot be written. Check rights, free space and open programs, then run the same command again.",
}
"""Every code with its English template; a code is never reused for another meaning."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a stable code and the fields of its sentence."""

    code: str
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return CODES[self.code].format(**self.fields)


def problem(code: str, **fields: object) -> Problem:
    """A problem by its code; the fields fill the placeholders of its sentence.

    >>> problem("AM102", path="q.yaml", reason="item a101 stands twice").message
    'The questionnaire file q.yaml contradicts itself: item a101 stands twice. Correct the file.'
    """
    return Problem(code, fields)


class AngleMortError(ValueError):
    """All the problems met in one step, told at once.

    >>> error = AngleMortError(problem("AM101", path="q.yaml", reason="it is empty"))
    >>> error.codes
    ['AM101']
    """

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(f"[{each.code}] {each.message}" for each in problems))

    @property
    def codes(self) -> list[str]:
        return [each.code for each in self.problems]

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows instead of a traceback: the sentences that the reader's language has for each code."""
        return self.explained(self)

    explained: Callable[[AngleMortError], list[str]] = staticmethod(lambda error: str(error).splitlines())
