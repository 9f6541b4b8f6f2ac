package dev.cascade.config;

/// How the bytes of a file are divided into entries.
///
/// - `DAILY_LOG`: frontmatter, then any number of entries between `<!-- entry:ID -->` and its close
///   marker
/// - `SINGLE_ENTITY`: frontmatter and a body that together are one entry
/// - `FRONTMATTER_LIST`: a list of maps inside the frontmatter, each an entry
/// - `NOTE`: optional frontmatter, then one entry for each heading section
public enum Shape {
    DAILY_LOG, SINGLE_ENTITY, FRONTMATTER_LIST, NOTE
}
