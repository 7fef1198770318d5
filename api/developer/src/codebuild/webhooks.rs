//! Webhooks and who sees a project.
