# What the program must know and nobody else. Terraform makes them, so they are in its state too: keep that where only you read.

locals {
  secrets = {
    # Signs cookies and cursors; without it the program makes one and keeps it in the database.
    SECRET_KEY = "dormouse-secret-key"
    # For calling /cron/… by hand; the scheduler doesn't use it.
    CRON_SECRET = "dormouse-cron-secret"
  }
}

resource "random_password" "this" {
  for_each = local.secrets

  length  = 48
  special = false
}

resource "google_secret_manager_secret" "this" {
  for_each = local.secrets

  secret_id = each.value
  replication {
    auto {}
  }

  depends_on = [google_project_service.this]
}

resource "google_secret_manager_secret_version" "this" {
  for_each = local.secrets

  secret      = google_secret_manager_secret.this[each.key].id
  secret_data = random_password.this[each.key].result
}

# Each by itself: not every secret of the project.
resource "google_secret_manager_secret_iam_member" "this" {
  for_each = local.secrets

  secret_id = google_secret_manager_secret.this[each.key].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.dormouse.member
}

# Those that exist already and are named in `secrets`: each by itself, too.
resource "google_secret_manager_secret_iam_member" "named" {
  for_each = var.secrets

  project   = var.project
  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.dormouse.member
}
