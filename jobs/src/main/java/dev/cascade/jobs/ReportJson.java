package dev.cascade.jobs;

import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// The JSON in which records are told: snake_case keys, times in ISO-8601.
final class ReportJson {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private ReportJson() {}

    static String write(Object told) {
        return MAPPER.writeValueAsString(told);
    }
}
