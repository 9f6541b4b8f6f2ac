package dev.cascade.config;

/// What the value of a field must look like, and how it is kept.
///
/// - `TEXT`: prose
/// - `KEYWORD`: an identifier or a word that is compared whole
/// - `LIST`: `[a, b]` in an entry's head, a YAML list in frontmatter
/// - `TIMESTAMP`: ISO-8601 date and time with offset or `Z`
/// - `INTEGER`: a whole number
/// - `DECIMAL`: a decimal number
/// - `JSON`: any YAML value, kept as JSON with sorted keys
public enum FieldType {
    TEXT, KEYWORD, LIST, TIMESTAMP, INTEGER, DECIMAL, JSON
}
