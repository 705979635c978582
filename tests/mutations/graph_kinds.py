"""Mistakes in the graph: ids, edges, branches, loops (MFO3xx)."""

from __future__ import annotations

from tests.mutations.planting import Kind

_TASK = r"(?=(?:\1  .*\n)*?\1  type: (?:mfo_|ask_|http_|transform))"
"""What goes on as a task: a trigger has no edges."""

KINDS = (
    # MFO301
    Kind(
        "an id of a neighbour",
        "MFO301",
        r"^( +)- id: (\w+)\n((?:\1  .*\n)+?)\1- id: \w+\n(?=(?:(?!dependencies|\Z).*\n){3,9})",
        "\\1- id: \\2\n\\3\\1- id: «\\2\n",
    ),
    Kind(
        "an item copied",
        "MFO301",
        r"^( +)- id: (\w+)\n((?:\1  (?! *- id: |.*&\w).*\n)+)(?!\1  )",
        "\\g<0>\\1- id: «\\2\n\\3",
    ),
    Kind(
        "a subflow copied, whose tasks have each their id twice",
        "MFO301",
        r"^( +)- id: (subflow_\d+)\n((?:\1  .*\n)+)",
        "\\g<0>\\1- id: «\\2\n\\3",
        more=("MFO301",),
    ),
    Kind(
        "an id of a task inside a subflow",
        "MFO301",
        r"^( +)- id: read_shelf\n",
        "\\1- id: «read_sender\n",
        more=("MFO401", "MFO302", "MFO403"),
    ),
    # MFO302
    Kind("dependency with letters swapped", "MFO302", r"^( +dependencies: \[)(\w)(\w)(\w+)", r"\1«\3\2\4"),
    Kind("dependency with a letter more", "MFO302", r"^( +dependencies: \[\w+)(?=[\],])", r"\1«x"),
    Kind("last dependency with a letter less", "MFO302", r"^( +dependencies: \[.*\w+?_)\w(\w*\])$", r"\1«\2"),
    Kind("dependency with an underscore less", "MFO302", r"^( +dependencies: \[[a-z]+)_(\w+)", r"\1«\2"),
    Kind("dependency in capitals", "MFO302", r"^( +dependencies: \[)t(ask_)", r"\1«T\2"),
    Kind("dependency with a dash", "MFO302", r"^( +dependencies: \[[a-z]+)_(\w+)", r"\1«-\2"),
    Kind("dependency on nobody", "MFO302", r"^( +dependencies: \[)\w+", r"\1«somebody_else"),
    Kind("one more dependency on nobody", "MFO302", r"^( +dependencies: \[[^\]\n]+)\]", r"\1, «nobody]"),
    Kind("dependency on a name", "MFO302", r"^( +dependencies: )\[.*\]$", r'\1[«"Read the sender"]'),
    Kind("two dependencies without a comma", "MFO302", r"^( +dependencies: \[\w+), (\w+)", r"«\1 \2"),
    Kind("branch misspelt", "MFO302", r"^( +successors: \[\w+)(?=,)", r"«\1x"),
    Kind("second branch misspelt", "MFO302", r"^( +successors: \[\w+, )(\w)(\w)(\w+)", r"«\1\3\2\4"),
    Kind("branch to nobody", "MFO302", r"^( +successors: \[)\w+", r"\1«nowhere"),
    Kind(
        "dependency on a task inside a subflow",
        "MFO302",
        r"^( +)type: mfo_api_notification_create\n((?:\1.*\n)+?)\1dependencies: \[",
        "\\g<0>«read_shelf, ",
    ),
    Kind(
        "dependency inside a subflow on a task outside",
        "MFO302",
        r"^( +dependencies: \[)(?=read_shelf)",
        r"\1«read_sender, ",
    ),
    Kind("id of a task misspelt in a dependency of a join", "MFO302", r"^( +dependencies: \[\w+, \w+_ye)(s)", r"\1«z"),
    Kind(
        "dependency of a subflow misspelt",
        "MFO302",
        r"^( +)(- id: (?:subflow_\w+|archive)\n +name: .*\n +dependencies: \[)(\w+)",
        r"\1\2«x\3",
    ),
    Kind(
        "dependency of a condition misspelt",
        "MFO302",
        r"^( +)dependencies: \[(\w+)\](?=\n +successors)",
        r"\1dependencies: [«x\2]",
    ),
    # MFO303
    Kind(
        "two wait for each other",
        "MFO303",
        r"^( +)- id: start_job\n((?:\1  .*\n)+)",
        "\\g<0>\\1  dependencies: [«look_at_job]\n",
        more=("MFO304",),
    ),
    Kind(
        "a cycle of three",
        "MFO303",
        r"^( +)- id: read_sender\n((?:\1  .*\n)+)",
        "\\g<0>\\1  dependencies: [«file_letter]\n",
    ),
    Kind(
        "a cycle by a successor",
        "MFO303",
        r"^( +)- id: count_words\n((?:\1  .*\n)+)",
        "\\g<0>\\1  successors: [«look_up_page]\n",
    ),
    Kind(
        "a cycle inside a subflow",
        "MFO303",
        r"^( +)- id: read_shelf\n((?:\1  .*\n)+)",
        "\\g<0>\\1  dependencies: [«put_on_shelf]\n",
    ),
    # MFO304
    Kind(
        "a task that waits for itself",
        "MFO304",
        r"^( +)- id: (\w+)\n((?:\1  (?!dep).*\n)+)\1  dependencies: \[",
        r"\g<0>«\2, ",
    ),
    Kind(
        "a first task that waits for itself",
        "MFO304",
        rf"^( +)- id: (\w+)\n{_TASK}((?:\1  (?!dep).*\n)+)(?=\1- )",
        "\\g<0>\\1  dependencies: [«\\2]\n",
    ),
    Kind(
        "a task that leads to itself",
        "MFO304",
        rf"^( +)- id: (\w+)\n{_TASK}((?:\1  (?!succ).*\n)+)(?=\1- )",
        "\\g<0>\\1  successors: [«\\2]\n",
    ),
    # MFO305
    Kind("no tasks", "MFO305", r"^( +)- taskflow_id: clean_up\n", "\\1- taskflow_id: empty\n\\1  «tasks: []\n\\g<0>"),
    Kind("a subflow without tasks", "MFO305", r"^( +)subflows:\n", "\\g<0>\\1  - id: hollow\n\\1    «tasks: []\n"),
    # MFO306
    Kind(
        "a third that waits for the condition",
        "MFO306",
        r"^( +)- id: (count_words)\n((?:\1  .*\n)+?)\1  dependencies: \[",
        "\\1- id: \\2\n\\3\\1  dependencies: [«check_kind, ",
    ),
    Kind(
        "a branch left out",
        "MFO306",
        r"^( +- id: refuse_letter\n(?:.*\n)*?)( +dependencies: \[check_kind\](?s:.*?)successors: \[draft_answer), refuse_letter\]",
        r"\1«\2]",
    ),
    # MFO307
    Kind(
        "three branches of a yes or no",
        "MFO307",
        r"^( +)successors: \[(draft_answer, refuse_letter)\]",
        "\\1successors: [\\2, «look_up_page]",
        more=("MFO403", "MFO404"),
    ),
    Kind("a number without its branch", "MFO307", r'^( +expression: )"len\(text\).*"$', r'\1«"len(text) > 3 ? 2 : 0"'),
    # MFO308
    Kind(
        "a loop that nothing changes",
        "MFO308",
        r"^( +)expression: look_at_job.*$",
        '\\1expression: start_job.job.status == "«completed"',
    ),
    # MFO310
    Kind("an id with a space", "MFO310", r"^( +- id: )(start_job)$", r"\1«start job", more=("MFO302", "MFO401")),
    Kind("an id with a dot", "MFO310", r"^( +- id: )(refuse_letter)$", r"\1«refuse.letter", more=("MFO302", "MFO306")),
    Kind("an id that starts with a digit", "MFO310", r"^( +- id: )(ask_again_later)$", r"\1«1st_question"),
    Kind("an id that is reserved", "MFO310", r"^( +- id: )(ask_again_later)$", r"\1«INPUT"),
    Kind("an id that is a root", "MFO310", r"^( +- id: )(ask_again_later)$", r"\1«SECRET"),
    Kind("an id with an umlaut", "MFO310", r"^( +- id: )(ask_again_later)$", r"\1«später"),
    Kind("a taskflow id with a space", "MFO310", r"^( +- taskflow_id: )(clean_up)$", r"\1«clean up", more=("MFO703",)),
    Kind("a trigger id with a slash", "MFO310", r"^( +- id: )(every_morning)$", r"\1«every/morning"),
)
