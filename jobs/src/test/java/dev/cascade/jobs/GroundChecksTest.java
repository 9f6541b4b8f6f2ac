package dev.cascade.jobs;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.cascade.jobs.DoctorReport.Level;

import static org.assertj.core.api.Assertions.assertThat;

/// What is made of figures that this machine does not have.
class GroundChecksTest {

    @ParameterizedTest
    @CsvSource({"ext4, OK, OK", "xfs, OK, OK", "apfs, OK, OK", "nfs4, WARNING, WARNING",
            "cifs, WARNING, WARNING", "smb3, WARNING, WARNING", "fuse.sshfs, WARNING, WARNING",
            "9p, WARNING, WARNING", "drvfs, WARNING, WARNING", "tmpfs, OK, WARNING"})
    void aMountIsJudgedByItsType(String type, Level root, Level state) {
        assertThat(GroundChecks.rootOn(type).level()).isEqualTo(root);
        assertThat(GroundChecks.stateOn(type).level()).isEqualTo(state);
        assertThat(GroundChecks.stateOn(type).seen()).contains(type);
    }

    @ParameterizedTest
    @CsvSource({"/dev/vda 16777216 452835 16324381 3% /, OK",
            "/dev/vda 100000 99000 1000 99% /, WARNING",
            "/dev/vda 100000 99990 10 100% /, PROBLEM", "/dev/vdb 0 0 0 - /, OK",
            "/dev/vdb - - - - /, UNKNOWN", "something else, UNKNOWN"})
    void inodesAreReadFromDf(String line, Level level) {
        assertThat(GroundChecks.inodes(line).level()).isEqualTo(level);
    }

    @Test
    @Tag("EV-47")
    @Tag("EV-48")
    void theLimitOfOpenFilesIsToBeTwiceWhatARunNeeds() {
        assertThat(GroundChecks.descriptors(256, 36).level()).isEqualTo(Level.OK);
        assertThat(GroundChecks.descriptors(200, 36).level()).isEqualTo(Level.WARNING);
        assertThat(GroundChecks.descriptors(64, 36).level()).isEqualTo(Level.PROBLEM);
        assertThat(GroundChecks.descriptors(64, 36).remedy()).contains("ulimit -n 1024");
        assertThat(GroundChecks.descriptors(-1, 36).seen()).contains("any number of files");
    }
}
