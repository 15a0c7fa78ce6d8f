# The service. The reasons for its figures are in ../cloudrun/service.yaml.

locals {
  # Known before the service exists, so that the service can be told.
  own_url  = "https://dormouse-${data.google_project.this.number}.${var.region}.run.app"
  base_url = var.base_url == "" ? local.own_url : trimsuffix(var.base_url, "/")

  settings = {
    STORE                = "datastore://${var.project}"
    BASE_URL             = local.base_url
    ADMIN_EMAIL          = var.admin_email
    SIGNUP               = var.signup
    TICK_SECONDS         = "240"
    CRON_SERVICE_ACCOUNT = google_service_account.scheduler.email
    CRON_AUDIENCE        = local.base_url
  }
}

resource "google_cloud_run_v2_service" "dormouse" {
  name     = "dormouse"
  location = var.region
  ingress  = "INGRESS_TRAFFIC_ALL"
  # Readers have no Google account. Who calls /cron/… is checked by the program.
  invoker_iam_disabled = true
  # There is nothing in it that a new one wouldn't have: the data is in the database.
  deletion_protection = false

  template {
    service_account                  = google_service_account.dormouse.email
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN1"
    max_instance_request_concurrency = 80
    # Above the longest tick that can be set, which is 540 seconds.
    timeout = "600s"

    scaling {
      min_instance_count = 0
      max_instance_count = 1
    }

    containers {
      image = var.image

      ports {
        name           = "http1"
        container_port = 8080
      }

      resources {
        limits = {
          cpu    = "1"
          memory = "512Mi"
        }
        # Paid by the request, and idle without one.
        cpu_idle          = true
        startup_cpu_boost = false
      }

      # Does it listen? No request is made for it, at the start or later.
      startup_probe {
        timeout_seconds   = 240
        period_seconds    = 240
        failure_threshold = 1
        tcp_socket {
          port = 8080
        }
      }

      dynamic "env" {
        for_each = merge(var.settings, local.settings)
        content {
          name  = env.key
          value = env.value
        }
      }

      dynamic "env" {
        for_each = var.secrets
        content {
          name = env.key
          value_source {
            secret_key_ref {
              secret  = env.value
              version = "latest"
            }
          }
        }
      }

      dynamic "env" {
        for_each = local.secrets
        content {
          name = env.key
          value_source {
            secret_key_ref {
              secret  = google_secret_manager_secret.this[env.key].secret_id
              version = google_secret_manager_secret_version.this[env.key].version
            }
          }
        }
      }
    }
  }

  depends_on = [
    google_firestore_index.this,
    google_project_iam_member.database,
    google_secret_manager_secret_iam_member.this,
    google_secret_manager_secret_iam_member.named,
  ]
}

output "url" {
  description = "Where it is: open it, and create the first account with the administrator's address."
  value       = local.base_url
}
