package dev.cascade.steps.memory;

/// A vector and what it is of.
///
/// @param space
///            which vectors it can be compared with: those of the same model, width and prefix
/// @param textSha256
///            the digest of the text, as [Entry#text] gives it
public record TextVector(String space, String textSha256, Vector vector) {}
