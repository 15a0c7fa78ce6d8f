variable "project" {
  description = "The project's id. The project exists, and billing is enabled."
  type        = string
}

variable "region" {
  description = "Where everything is. The prices in docs/costs.md are those of us-central1."
  type        = string
  default     = "us-central1"
}

variable "image" {
  description = "The image, pushed to the repository that this creates: REGION-docker.pkg.dev/PROJECT/dormouse/dormouse:TAG."
  type        = string
}

variable "admin_email" {
  description = "The only address that may become the first account, and so the administrator."
  type        = string

  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+$", var.admin_email))
    error_message = "This takes an e-mail address."
  }
}

variable "signup" {
  description = "Who may create an account after the first: closed (nobody), open, or a list such as anna@example.org, @example.com."
  type        = string
  default     = "closed"
}

variable "settings" {
  description = "More of the settings of docs/settings.md, by name, such as GOOGLE_CLIENT_ID. Secrets go into `secrets`."
  type        = map(string)
  default     = {}

  validation {
    # Each has one place, so that none overrides another without a word.
    condition = length(setintersection(keys(var.settings), [
      "STORE", "BASE_URL", "ADMIN_EMAIL", "SIGNUP", "TICK_SECONDS", "CRON_SERVICE_ACCOUNT", "CRON_AUDIENCE", "SECRET_KEY", "CRON_SECRET",
    ])) == 0
    error_message = "Some of these have a variable of their own, or are set by this configuration: see service.tf and secrets.tf."
  }
}

variable "secrets" {
  description = "Settings whose values are secrets that exist in Secret Manager, by name: such as GOOGLE_CLIENT_SECRET = \"google-client-secret\". The service may read each of them, and no other."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setintersection(keys(var.secrets), concat(keys(var.settings), [
      "STORE", "BASE_URL", "ADMIN_EMAIL", "SIGNUP", "TICK_SECONDS", "CRON_SERVICE_ACCOUNT", "CRON_AUDIENCE", "SECRET_KEY", "CRON_SECRET",
    ]))) == 0
    error_message = "A setting is either in `settings`, or in `secrets`, or made by this configuration (secrets.tf)."
  }
}

variable "base_url" {
  description = "The address that readers know, if it is another than Cloud Run's own: https and a host."
  type        = string
  default     = ""
}

variable "billing_account" {
  description = "For a budget with an alert: the billing account's id, as 000000-000000-000000. Empty for no budget."
  type        = string
  default     = ""
}

variable "budget" {
  description = "What a month should cost at most, in whole units of the billing account's currency. It alerts; it stops nothing."
  type        = number
  default     = 5
}
