# The calls when no page is open. Three jobs are free for each billing account; these are two.

locals {
  jobs = {
    refresh = {
      description = "Asks the publishers whose feeds are due"
      path        = "/cron/refresh"
      # Once an hour, like the shortest poll period; not on the hour, when most other schedulers call.
      schedule = "23 * * * *"
      # No retry: the next call goes on where this one stopped.
      retries = 0
    }
    daily = {
      description = "Cleans up: what has expired, what nobody reads, what is counted once a day"
      path        = "/cron/daily"
      schedule    = "47 3 * * *"
      retries     = 2
    }
  }
}

resource "google_cloud_scheduler_job" "this" {
  for_each = local.jobs

  name        = "dormouse-${each.key}"
  description = each.value.description
  region      = var.region
  schedule    = each.value.schedule
  time_zone   = "Etc/UTC"
  # The default is three minutes, less than a tick. Longer than the service's own limit, so that its response is received.
  attempt_deadline = "660s"

  retry_config {
    retry_count          = each.value.retries
    min_backoff_duration = "120s"
  }

  http_target {
    http_method = "GET"
    uri         = "${google_cloud_run_v2_service.dormouse.uri}${each.value.path}"

    oidc_token {
      service_account_email = google_service_account.scheduler.email
      audience              = local.base_url
    }
  }
}
