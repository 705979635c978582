"""Jobs: work that goes on after the answer."""

from __future__ import annotations

from mfo_dialect.suggestions import did_you_mean
from mfo_runtime.server.endpoint import Answer, Call, Endpoint
from mfo_runtime.server.events import record_event, snapshot
from mfo_runtime.server.failures import conflict, invalid, not_found
from mfo_runtime.server.pages import PAGES, page_of_rows
from mfo_runtime.server.rows import jobs
from mfo_runtime.server.shapes import NAME, OPTIONAL_MAP, TEXT, body


def _list(call: Call) -> Answer:
    status = call.query.get("status")
    selection, values = ("FROM jobs", ()) if not status else ("FROM jobs WHERE status = ?", (status,))
    return Answer(
        page_of_rows(call.service.store.database, selection, values, jobs.show, name="jobs", query=call.query)
    )


def _create(call: Call) -> Answer:
    job_type = call.body.get("type") or call.body.get("job_type")
    if not job_type:
        raise invalid('lacks "type"', "type")
    if job_type not in call.service.job_types:
        raise invalid(f'type: unknown job type "{job_type}"{did_you_mean(job_type, call.service.job_types)}', "type")
    job_input = call.body.get("input", call.body.get("parameters"))
    job = jobs.insert(call.service.store, job_type, job_input, call.body.get("metadata") or {})
    record_event(call.service.store, "job.created", snapshot("job", job, "input"))
    return Answer(job)


def _get(call: Call) -> Answer:
    job = jobs.fetch(call.service.store, call.path["id"])
    if job is None:
        raise not_found("job")
    return Answer(job)


def _cancel(call: Call) -> Answer:
    store, job_id = call.service.store, call.path["id"]
    is_cancelled_now = jobs.cancel(store, job_id)
    job = jobs.fetch(store, job_id)
    if job is None:
        raise not_found("job")
    if is_cancelled_now:
        store.database.after_commit(lambda: call.service.workers.stop(job_id))
        record_event(store, "job.cancelled", snapshot("job", job, "input"))
    elif job["status"] != "cancelled":
        raise conflict(f"the job is {job['status']} already")
    return Answer(job)


ENDPOINTS = (
    Endpoint("GET", "/api/jobs", _list, "List the jobs, all or those with ?status=", query={**PAGES, "status": TEXT}),
    Endpoint(
        "POST",
        "/api/jobs",
        _create,
        "Queue a job",
        body({"type": NAME, "job_type": NAME, "input": {}, "parameters": {}, "metadata": OPTIONAL_MAP}),
        201,
    ),
    Endpoint("GET", "/api/jobs/{id}", _get, "Read a job"),
    Endpoint("POST", "/api/jobs/{id}/cancel", _cancel, "Cancel a job that has not ended"),
)
