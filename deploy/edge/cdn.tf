# Cloud CDN in front of shared pages alone, under a name of their own. Not scale-to-zero: the load balancer is paid by the hour.
# Apply it beside ../terraform, once that is there; README.md says what it costs.

variable "project" {
  description = "The project in which the service runs."
  type        = string
}

variable "region" {
  description = "Where the service runs."
  type        = string
  default     = "us-central1"
}

variable "host" {
  description = "The name of shared pages, such as pages.example.org. The service has it in ALSO_HOSTS."
  type        = string
}

variable "base_url" {
  description = "The host of BASE_URL, to which every other address is sent, such as read.example.org."
  type        = string
}

provider "google" {
  project = var.project
  region  = var.region
}

resource "google_compute_region_network_endpoint_group" "dormouse" {
  name                  = "dormouse"
  region                = var.region
  network_endpoint_type = "SERVERLESS"

  cloud_run {
    service = "dormouse"
  }
}

resource "google_compute_backend_service" "shared" {
  name                  = "dormouse-shared"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  enable_cdn            = true

  backend {
    group = google_compute_region_network_endpoint_group.dormouse.id
  }

  cdn_policy {
    # What the program says, and nothing else: FORCE_CACHE_ALL would keep what is private.
    cache_mode = "USE_ORIGIN_HEADERS"
    # Its default is a day, for a page that may be withdrawn.
    serve_while_stale = 600
    # A 404 says itself for how long it counts.
    negative_caching = false

    cache_key_policy {
      include_host         = true
      include_protocol     = false
      # A made-up query would be a request to the program each time.
      include_query_string = false
    }
  }
}

resource "google_compute_url_map" "shared" {
  name = "dormouse-shared"

  default_url_redirect {
    host_redirect  = var.base_url
    https_redirect = true
    strip_query    = false
  }

  host_rule {
    hosts        = [var.host]
    path_matcher = "shared"
  }

  path_matcher {
    name = "shared"

    default_url_redirect {
      host_redirect  = var.base_url
      https_redirect = true
      strip_query    = false
    }

    path_rule {
      paths   = ["/s/*"]
      service = google_compute_backend_service.shared.id
    }
  }
}

resource "google_compute_managed_ssl_certificate" "shared" {
  name = "dormouse-shared"

  managed {
    domains = [var.host]
  }
}

resource "google_compute_target_https_proxy" "shared" {
  name             = "dormouse-shared"
  url_map          = google_compute_url_map.shared.id
  ssl_certificates = [google_compute_managed_ssl_certificate.shared.id]
}

resource "google_compute_global_forwarding_rule" "shared" {
  name                  = "dormouse-shared"
  load_balancing_scheme = "EXTERNAL_MANAGED"
  target                = google_compute_target_https_proxy.shared.id
  port_range            = "443"
}

output "address" {
  description = "What the name has to lead to, as an A record."
  value       = google_compute_global_forwarding_rule.shared.ip_address
}
