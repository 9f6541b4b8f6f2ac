package dev.cascade.jobs;

import java.nio.file.Path;
import java.util.List;

import org.jspecify.annotations.Nullable;

/// A copy of the state database.
///
/// @param bytes that the copy takes; null if there is none
/// @param kept copies of this root in the same folder, oldest first
public record BackupReport(Path file, @Nullable Long bytes, List<Path> kept) {}
