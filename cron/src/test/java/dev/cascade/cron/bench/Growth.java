package dev.cascade.cron.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// What a file costs in trees of different sizes: `growth.json`, to which each sitting adds, and a plot of it.
final class Growth {

    /// @param test what is measured
    /// @param files how large the tree is
    /// @param millisecondsAFile the median of the rounds
    record Point(String test, int files, double millisecondsAFile) {}

    private final Path file;
    private final Path plot;
    private final JsonMapper json;
    private final List<Point> points;

    Growth(Path folder, JsonMapper json) throws IOException {
        this.file = Files.createDirectories(folder).resolve("growth.json");
        this.plot = folder.resolve("growth.svg");
        this.json = json;
        this.points = Files.notExists(file) ? new ArrayList<>()
                : json.readValue(Files.readString(file), new TypeReference<ArrayList<Point>>() {});
    }

    Growth add(String test, int files, List<Double> milliseconds) throws IOException {
        points.removeIf(point -> point.test().equals(test) && point.files() == files);
        points.add(new Point(test, files, Comparison.median(milliseconds)));
        Files.writeString(file, json.writeValueAsString(points));
        return this;
    }

    void draw() throws IOException {
        XYChart chart = new XYChartBuilder().width(720)
                .height(420)
                .title("What a file costs as the tree grows")
                .xAxisTitle("files")
                .yAxisTitle("ms a file")
                .build();
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
        LinkedHashSet<String> tests = new LinkedHashSet<>();
        points.forEach(point -> tests.add(point.test()));
        for (String test : tests) {
            List<Point> line = points.stream()
                    .filter(point -> point.test().equals(test))
                    .sorted(Comparator.comparingInt(Point::files))
                    .toList();
            chart.addSeries(test, line.stream().map(Point::files).toList(),
                    line.stream().map(Point::millisecondsAFile).toList());
        }
        VectorGraphicsEncoder.saveVectorGraphic(chart, plot.toString(), VectorGraphicsFormat.SVG);
    }
}
