"""deploy/terraform: parsed as HCL, and its promises asserted.

Terraform's own judgement needs Google's provider: `terraform init -backend=false && terraform validate`.
"""

import re

import hcl2

import facts

FOLDER = "deploy/terraform"


def check(root, report):
    files = sorted((root / FOLDER).glob("*.tf"))
    report.check(len(files) >= 5, FOLDER, "its files are there")
    resources, local, all_text = {}, {}, ""
    for path in files:
        text = path.read_text(encoding="utf-8")
        parsed = report.attempt(f"{FOLDER}/{path.name}", "it is HCL", lambda: _bare(hcl2.loads(text)))
        if parsed is None:
            continue
        all_text += text
        for entry in parsed.get("resource", []):
            for kind, named in entry.items():
                resources.setdefault(kind, {}).update(named)
        for entry in parsed.get("locals", []):
            local.update(entry)
    _check_database(resources, local, report)
    _check_service(resources, local, root, report)
    _check_jobs(resources, local, root, report)
    _check_rights(resources, local, report)
    report.check("google_billing_budget" in resources, FOLDER, "there is a budget that alerts")
    report.check("google_project_service" in resources, FOLDER, "it enables the services that it uses")
    report.check(
        not re.search(r'"(allUsers|allAuthenticatedUsers|roles/(owner|editor))"', all_text),
        FOLDER,
        "no right for everybody or for everything",
    )


def _bare(value):
    """The parser's tree without its quotation marks and comments; an interpolation stays as it is written."""
    if isinstance(value, dict):
        return {_bare(key): _bare(inner) for key, inner in value.items() if not str(key).startswith("__")}
    if isinstance(value, list):
        return [_bare(inner) for inner in value]
    if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1]
    return value


def _check_database(resources, local, report):
    where = f"{FOLDER} database"
    (database,) = resources["google_firestore_database"].values()
    report.check(database["type"] == "DATASTORE_MODE", where, "it is in Datastore mode")
    report.check(
        database.get("concurrency_mode") == "OPTIMISTIC", where, "nobody waits for locks", "Our commits carry versions"
    )
    report.check(
        database.get("delete_protection_state") == "DELETE_PROTECTION_ENABLED", where, "it can't be deleted by mistake"
    )
    report.check(database.get("deletion_policy", "ABANDON") == "ABANDON", where, "terraform destroy leaves it")
    (index,) = resources["google_firestore_index"].values()
    report.check(index["api_scope"] == "DATASTORE_MODE_API", where, "its indexes are Datastore's")
    report.check("COLLECTION_GROUP" in index["query_scope"], where, "they are of the scope that gcloud gives them")
    report.check(
        "${path.module}/../../index.yaml" in str(local.get("index_list")),
        where,
        "they come from index.yaml",
        "One list, or two that differ one day",
    )


def _check_service(resources, local, root, report):
    where = f"{FOLDER} service"
    (service,) = resources["google_cloud_run_v2_service"].values()
    (template,) = service["template"]
    (scaling,) = template["scaling"]
    (container,) = template["containers"]
    (processor,) = container["resources"]
    report.check(scaling.get("min_instance_count", 0) == 0, where, "min_instance_count is 0", "It would never sleep")
    outer = [block.get("min_instance_count", 0) for block in service.get("scaling", [])]
    report.check(not any(outer), where, "nor is there one for the whole service")
    report.check(
        scaling.get("max_instance_count") in (1, 2),
        where,
        "max_instance_count is 1 or 2",
        "It is the ceiling of the bill",
    )
    report.check(processor.get("cpu_idle") is True, where, "it is paid by the request")
    report.check(processor.get("startup_cpu_boost") is False, where, "no second processor for a start of milliseconds")
    report.check("liveness_probe" not in container, where, "no probe while it runs")
    probes = [set(probe) & {"http_get", "grpc"} for probe in container.get("startup_probe", [])]
    report.check(not any(probes), where, "the startup probe only looks whether it listens")
    timeout = facts.seconds(template["timeout"])
    report.check(timeout > facts.LONGEST_TICK, where, "a request may take longer than any tick")
    facts.check_tick(report, where, local["settings"]["TICK_SECONDS"], timeout, root)
    told = [name for name in ("SECRET_KEY", "CRON_SECRET") if name in local["settings"]]
    report.check(not told, where, "secrets are named, not told")


def _check_jobs(resources, local, root, report):
    where = f"{FOLDER} scheduler"
    (service,) = resources["google_cloud_run_v2_service"].values()
    (job,) = resources["google_cloud_scheduler_job"].values()
    deadline = facts.seconds(job.get("attempt_deadline", "180s"))
    timeout = facts.seconds(service["template"][0]["timeout"])
    tick = int(local["settings"]["TICK_SECONDS"])
    report.check(deadline > tick, where, f"attempt_deadline is above the tick's ({deadline:.0f} s, {tick} s)")
    report.check(
        timeout <= deadline <= 1800, where, "it waits as long as the service may work, and Scheduler allows it"
    )
    (target,) = job["http_target"]
    report.check(target.get("http_method") == "GET", where, "the jobs are GET requests", "Without it they are POST")
    tokens = target.get("oidc_token", [])
    report.check(
        len(tokens) == 1 and "scheduler" in tokens[0]["service_account_email"] and "audience" in tokens[0],
        where,
        "the scheduler says who it is, and to whom",
    )
    same = tokens and tokens[0].get("audience") == local["settings"].get("CRON_AUDIENCE")
    report.check(same, where, "the token is made for whom the program takes itself for")
    jobs = local["jobs"]
    report.check(0 < len(jobs) <= 3, where, "no more jobs than are free")
    report.check(
        {entry["path"] for entry in jobs.values()} == {"/cron/refresh", "/cron/daily"},
        where,
        "it calls the refresh and the clean-ups",
    )
    routes = facts.cron_routes(root)
    for entry in jobs.values():
        report.check(
            entry["path"] in routes,
            f"{where} {entry['path']}",
            "the router has a GET route",
            f"It has {', '.join(sorted(routes))}",
        )
        report.check(
            len(entry["schedule"].split()) == 5 and re.fullmatch(r"[\d*/, -]+", entry["schedule"]) is not None,
            f"{where} {entry['path']}",
            "its schedule has five fields",
        )
        report.check(0 <= entry["retries"] <= 5, f"{where} {entry['path']}", "0 to 5 retries")


def _check_rights(resources, local, report):
    where = f"{FOLDER} rights"
    roles = {member["role"] for member in resources["google_project_iam_member"].values()}
    report.check(
        roles == {"roles/datastore.user"},
        where,
        "of the whole project, it may use the database and nothing else",
        f"It may {', '.join(sorted(roles))}",
    )
    members = resources["google_secret_manager_secret_iam_member"].values()
    report.check(
        {member["role"] for member in members} == {"roles/secretmanager.secretAccessor"}
        and {member["for_each"] for member in members} == {"${local.secrets}", "${var.secrets}"},
        where,
        "it may read its own secrets, each by itself",
    )
    members = str([resources["google_project_iam_member"], resources["google_secret_manager_secret_iam_member"]])
    report.check("google_service_account.scheduler" not in members, where, "the scheduler has no rights at all")
    report.check("random_password" in resources and len(local["secrets"]) >= 1, where, "secrets are made by chance")
    lengths = [entry["length"] for entry in resources["random_password"].values()]
    report.check(min(lengths) >= 32, where, "they are long enough")
