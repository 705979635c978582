"""Mistakes in references, in each spelling and at each place (MFO4xx)."""

from __future__ import annotations

from tests.mutations.planting import Kind

_OPEN = r'"(?:\$[{<])?'
_NODE = r"(?:task_\d+(?:_\w+)?|sub_\d+_\w+|read_sender|read_rules|classify_letter|start_job|look_at_job|read_shelf|look_up_page|count_words|archive)"
_EXPLICIT = r"\$[{<]"

KINDS = (
    # MFO401: the root
    Kind("root with letters swapped", "MFO401", rf"^(.*{_EXPLICIT})(\w)(\w)(\w+\.)", r"«\1\3\2\4"),
    Kind("root with a letter more", "MFO401", rf"^(.*{_EXPLICIT}\w+)(\.)", r"«\1x\2"),
    Kind("root with a letter less", "MFO401", rf"^(.*{_EXPLICIT}\w+?)\w(\.)", r"«\1\2"),
    Kind("root in small letters", "MFO401", rf"^(.*{_EXPLICIT})INPUT(\.)", r"«\1input\2"),
    Kind("root in capitals", "MFO401", rf"^(.*{_EXPLICIT})({_NODE})(\.)", r"«\1X_\2\3"),
    Kind("root of another language", "MFO401", rf"^(.*{_EXPLICIT})({_NODE})(\.)", r"«\1tasks.\2\3"),
    Kind("root with a dash", "MFO401", rf"^(.*{_EXPLICIT})([a-z]+)_(\w+\.)", r"«\1\2-\3"),
    Kind("plural root", "MFO401", rf"^(.*{_EXPLICIT})INPUT(\.)", r"«\1INPUTS\2"),
    Kind("reference left open", "MFO401", r'^(.*"\$\{\w+\.\w+)\}(")', r"«\1\2"),
    Kind("angle left open", "MFO401", r'^(.*: "\$<[\w.]+)>(")', r"«\1\2"),
    Kind("reference with a space", "MFO401", rf"^(.*{_EXPLICIT}\w+)\.(\w)", r"«\1. \2"),
    Kind("reference with two dots", "MFO401", rf"^(.*{_EXPLICIT}\w+)\.(\w)", r"«\1..\2"),
    Kind("reference that ends in a dot", "MFO401", rf"^(.*{_EXPLICIT}[\w.]+)([}}>])", r"«\1.\2"),
    Kind("empty reference", "MFO401", r'^(.*: )"\$\{[\w.]+\}"$', r'«\1"${}"'),
    Kind("nobody in a block scalar", "MFO401", r"^( +A letter from )\S+$", r"«\1${INPTU.sender},"),
    Kind("nobody in a header", "MFO401", r"^( +Authorization: .*)SECRET", r"«\1SECRT"),
    Kind("an input in a trigger", "MFO401", r"^( +sender: \S*)TRIGGER\.payload\.sender", r"«\1INPUT.sender"),
    # MFO402
    Kind("output with letters swapped", "MFO402", r'^(.*"(?:\$[{<])?task_\d+\.)(\w)(\w)(\w+)', r"«\1\3\2\4"),
    Kind("output with a letter more", "MFO402", r'^(.*"(?:\$[{<])?(?:task_\d+|sub_\w+)\.[a-z]+)(?=[}>"])', r"«\1s"),
    Kind(
        "output of another type",
        "MFO402",
        r'^(.*"(?:\$[{<])?(?:task_\d+|sub_\w+)\.)(?:message|result|value)(?=[}>"])',
        r"«\1output",
    ),
    Kind(
        "output in capitals", "MFO402", r'^(.*"(?:\$[{<])?task_\d+\.)(?:message|result|value)(?=[}>"])', r"«\1Message"
    ),
    Kind("output of a resource misspelt", "MFO402", r"^(.*\.)resource(\.content)", r"«\1resourse\2"),
    Kind(
        "output with a key in between",
        "MFO402",
        r'^(.*"(?:\$[{<])?task_\d+\.)(message|result|value)(?=[}>"])',
        r"«\1outputs.\2",
    ),
    Kind("key below a text", "MFO402", r'^(.*"(?:\$[{<])?task_\d+\.message)(?=[}>"])', r"«\1.content"),
    Kind("field of a tool misspelt", "MFO402", r"^(.*record_letter\.)kind", r"«\1knid"),
    Kind("input of an outer flow misspelt", "MFO402", r"^( +to: \S*INPUT\.)sender", r"«\1sendr", more=("MFO409",)),
    Kind("inner node misspelt", "MFO402", r"^( +shelf: \S*archive\.)put_on_shelf", r"«\1put_on_shelv"),
    Kind("inner output misspelt", "MFO402", r"^( +shelf: \S*archive\.put_on_shelf\.)result", r"«\1results"),
    Kind("TASKFLOW misspelt below", "MFO402", r"^( +job_type: )index$", r'«\1"${TASKFLOW.procces_id}"'),
    Kind("SYSTEM misspelt below", "MFO402", r"^( +job_type: )index$", r'«\1"${SYSTEM.JOBID}"'),
    Kind("status of an answer misspelt", "MFO402", r"^( +page: \S*look_up_page\.)status", r"«\1staus"),
    # MFO403
    Kind(
        "dependencies deleted", "MFO403", r"^( +)(resource_id: \S*task_\d+\S*)\n +dependencies: \[task.*\n", "\\1«\\2\n"
    ),
    Kind(
        "dependencies emptied", "MFO403", r"^( +)(resource_id: \S*task_\d+\S*\n +dependencies: )\[task.*\]$", r"\1«\2[]"
    ),
    Kind(
        "dependency of a subject deleted",
        "MFO403",
        r"^( +)(subject: \S*task_\d+\S*\n(?:\1.*\n)+(?: +limit.*\n| +options.*\n)*) +dependencies: \[task.*\n",
        r"\1«\2",
    ),
    Kind(
        "dependency inside a subflow deleted",
        "MFO403",
        r"^( +)(subject: \S*sub_\d+_a\S*\n(?: +limit.*\n +options.*\n)) +dependencies: .*\n",
        r"\1«\2",
    ),
    Kind(
        "dependency on the wrong one",
        "MFO403",
        r"^( +)(job_id: .*\n(?: +wait.*\n)) +dependencies: \[start_job\]",
        r"\1«\2        dependencies: [read_rules]",
    ),
    Kind(
        "a task that reads itself",
        "MFO403",
        r"^( +- id: (start_job)\n(?:.*\n)+?)( +)job_type: index",
        '\\1\\3job_type: «"${\\2.job.id}"',
    ),
    Kind(
        "expression before its task",
        "MFO403",
        r"^( +)(words: .*\n +first: .*\n) +dependencies: .*\n",
        r"\1«\2",
        more=("MFO403",),
    ),
    # MFO404
    Kind(
        "a join that reads a branch",
        "MFO404",
        r'^( +key: )"[^"\n]*"((?:\n.*){0,3}\n +dependencies: \[\w+, (task_\d+_yes), task_\d+_no\])',
        r'\1«"${\3.value}"\2',
        more=("MFO402",),
    ),
    Kind(
        "a join that reads one branch",
        "MFO404",
        r"^( +- rules: )\S*read_rules.resource.content\S*$",
        r'\1«"${refuse_letter.result}"',
    ),
    Kind("a subflow that reads one branch", "MFO404", r"^( +known: )\S+$", r'\1«"${refuse_letter.result}"'),
    # MFO405
    Kind(
        "bare reference with letters swapped",
        "MFO405",
        r'^( +\w+: )"(t)(a)(sk_\d+\.(?:message|result|value|resource\.content))"$',
        r'\1«"\3\2\4"',
    ),
    Kind("bare reference with a letter less", "MFO405", r'^( +\w+: )"(re)a(d_sender\.value)"$', r'\1«"\2\3"'),
    Kind("brace lost behind a dollar", "MFO405", r'^(.*"\$)\{(\w+\.[\w.]+\}")', r"«\1\2"),
    Kind("angle lost behind a dollar", "MFO405", r'^(.*: "\$)<(\w+\.[\w.]+>")', r"«\1\2"),
    Kind("dollar lost", "MFO405", r'^(.*: ")\$(\{\w+\.[\w.]+\}")$', r"«\1\2"),
    Kind("dollar lost before an angle", "MFO405", r'^(.*: ")\$(<\w+\.[\w.]+>")$', r"«\1\2"),
    Kind("bare reference with two dots", "MFO405", r'^(.*: "task_\d+)(\.\w+")$', r"«\1.\2"),
    Kind("bare reference that ends in a dot", "MFO405", r'^(.*: "task_\d+\.\w+)"$', r'«\1."'),
    Kind("bare root misspelt", "MFO405", r'^(.*: ")INPUT(\.document")$', r"«\1INPTU\2"),
    # MFO406
    Kind("template in a key", "MFO406", r'^( +key: )"[^"\n]+"$', r'\1«"{{ .letter }}"', more=("MFO409",)),
    Kind("template in a resource", "MFO406", r'^( +resource_id: )"[^"\n]+"$', r'\1«"{{ task.value }}"'),
    Kind("template in an argument", "MFO406", r"^( +limit: )\d+(?=\n +options)", r'\1«"{{.limit}}"'),
    Kind("template in a context", "MFO406", r'^( +subject: )"[^"\n]+"$', r'\1«"About {{ .subject }}"'),
    # MFO408
    Kind("a map as a key", "MFO408", r"^( +key: )job$", r'\1«"${look_at_job.job}"'),
    Kind("a map as a title", "MFO408", r'^( +title: )"Page read"$', r'\1«"${look_up_page.headers}"'),
    Kind(
        "a text as arguments",
        "MFO408",
        r"^( +parameters: )\{days: 3\}$",
        r'\1«"${read_rules.resource.id}"',
        more=("MFO403",),
    ),
    # MFO410
    Kind(
        "field of a payload misspelt",
        "MFO410",
        r"^( +document: \S*TRIGGER\.payload\.)text(?=.*\n.*payload)",
        r"«\1txet",
    ),
    Kind("field of a payload that is none", "MFO410", r"^( +sender: \S*TRIGGER\.payload\.)sender", r"«\1from"),
    # MFO411
    Kind("secret misspelt", "MFO411", r"SECRET\.page_token", "«SECRET.page_tokn"),
    Kind("secret of a webhook misspelt", "MFO411", r"^( +secret_ref: )hook_secret", r"«\1hook_sceret"),
    Kind("variable of the environment misspelt", "MFO411", r"ENV\.REGION", "«ENV.REGOIN"),
    Kind(
        "secret declared under another name",
        "MFO411",
        r"^( +)page_token(: \{env.*\n(?s:.*?)SECRET\.)",
        r"\1page_key\2«",
    ),
)
