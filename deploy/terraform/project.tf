# What the project must be able to do, and who does it.

data "google_project" "this" {
  project_id = var.project
}

locals {
  services = toset(concat([
    "artifactregistry.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "cloudscheduler.googleapis.com",
    "datastore.googleapis.com",
    "firestore.googleapis.com",
    "iam.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
  ], var.billing_account == "" ? [] : ["billingbudgets.googleapis.com"]))
}

resource "google_project_service" "this" {
  for_each = local.services

  service = each.value
  # Something else may use it too.
  disable_on_destroy = false
}

# Where the image is pushed to.
resource "google_artifact_registry_repository" "dormouse" {
  repository_id = "dormouse"
  location      = var.region
  format        = "DOCKER"

  # An old image is paid for as long as it is kept.
  cleanup_policies {
    id     = "keep-three"
    action = "KEEP"
    most_recent_versions {
      keep_count = 3
    }
  }
  cleanup_policies {
    id     = "delete-older"
    action = "DELETE"
    condition {
      tag_state  = "ANY"
      older_than = "604800s"
    }
  }

  depends_on = [google_project_service.this]
}

# The service. It reads and writes the database, reads its two secrets, and nothing else; what it prints is logged without a
# right of its own.
resource "google_service_account" "dormouse" {
  account_id   = "dormouse"
  display_name = "Dormouse"
  depends_on   = [google_project_service.this]
}

resource "google_project_iam_member" "database" {
  project = var.project
  role    = "roles/datastore.user"
  member  = google_service_account.dormouse.member
}

# The scheduler. It has no rights at all: its name in a signed token is what the service looks for.
resource "google_service_account" "scheduler" {
  account_id   = "dormouse-scheduler"
  display_name = "Dormouse's scheduler"
  depends_on   = [google_project_service.this]
}
