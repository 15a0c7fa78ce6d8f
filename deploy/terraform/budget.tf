# An alert by mail, to the billing account's administrators, before a month exceeds the budget.

resource "google_billing_budget" "dormouse" {
  count    = var.billing_account == "" ? 0 : 1
  provider = google.with_quota

  billing_account = var.billing_account
  display_name    = "Dormouse"

  budget_filter {
    projects        = ["projects/${data.google_project.this.number}"]
    calendar_period = "MONTH"
  }

  amount {
    specified_amount {
      units = tostring(var.budget)
    }
  }

  threshold_rules {
    threshold_percent = 0.5
  }

  threshold_rules {
    threshold_percent = 1.0
  }

  threshold_rules {
    threshold_percent = 1.0
    spend_basis       = "FORECASTED_SPEND"
  }

  depends_on = [google_project_service.this]
}
