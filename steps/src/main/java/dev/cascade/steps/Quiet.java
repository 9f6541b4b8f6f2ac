package dev.cascade.steps;

import java.util.List;

/// A walk that found nothing to do: no file opened, no row written, no job launched.
///
/// @param seen how many files the walk saw
/// @param unsettled how many files are left to a later run because they changed just now
/// @param warnings what the walk found odd
public record Quiet(long seen, long unsettled, List<String> warnings) {}
