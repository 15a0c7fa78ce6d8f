# The declarative way to Cloud Run: `terraform init && terraform apply`, with the variables of variables.tf.
terraform {
  required_version = ">= 1.5"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.6"
    }
  }
}

provider "google" {
  project = var.project
  region  = var.region
}

# The budget's API wants to know which project's quota its calls are counted against.
provider "google" {
  alias                 = "with_quota"
  project               = var.project
  billing_project       = var.project
  user_project_override = true
}
