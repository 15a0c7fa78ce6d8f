# The database, and its indexes out of the one list of them.

resource "google_firestore_database" "default" {
  # The first database of a project has the free quota, whatever its name; the default one needs no name in STORE.
  name        = "(default)"
  location_id = var.region
  type        = "DATASTORE_MODE"
  # A commit of ours names the version that it was decided on, and is refused if there is a newer one. So nothing needs the
  # locks of the default, PESSIMISTIC, for which a second writer would wait.
  concurrency_mode            = "OPTIMISTIC"
  app_engine_integration_mode = "DISABLED"
  # Two hands on the switch: `terraform destroy` keeps the data, and so does the console.
  delete_protection_state = "DELETE_PROTECTION_ENABLED"
  deletion_policy         = "ABANDON"

  depends_on = [google_project_service.this]
}

locals {
  index_list = yamldecode(file("${path.module}/../../index.yaml")).indexes

  # By kind and properties, so that an index keeps its name when another comes before it.
  indexes = {
    for index in local.index_list :
    join("/", concat([index.kind], [
      for property in index.properties : "${property.name}:${lookup(property, "direction", "asc")}"
    ])) => merge(index, { ancestor = contains(["yes", "true"], tostring(lookup(index, "ancestor", "no"))) })
  }
}

resource "google_firestore_index" "this" {
  for_each = local.indexes

  database   = google_firestore_database.default.name
  collection = each.value.kind
  api_scope  = "DATASTORE_MODE_API"
  # Datastore's own words: an index without `ancestor: yes` is COLLECTION_GROUP, one with it COLLECTION_RECURSIVE.
  query_scope = each.value.ancestor ? "COLLECTION_RECURSIVE" : "COLLECTION_GROUP"

  dynamic "fields" {
    for_each = each.value.properties
    content {
      field_path = fields.value.name
      order      = lookup(fields.value, "direction", "asc") == "desc" ? "DESCENDING" : "ASCENDING"
    }
  }
}
