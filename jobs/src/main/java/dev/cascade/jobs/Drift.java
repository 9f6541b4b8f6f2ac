package dev.cascade.jobs;

import java.util.List;

/// How the live generation was made in another way than is asked for now.
///
/// @param missing fields that it should have
/// @param extra fields that it has and should not
record Drift(long generation, List<String> missing, List<String> extra) {

    /// One sentence.
    String told() {
        return "index 'g%06d' schema drift: missing=%s, extra=%s, type_drift=[]".formatted(
                generation, missing, extra);
    }
}
