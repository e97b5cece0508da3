namespace KernelSockets.QemuHarness.Support;

/// <summary>tshark's expert judges what the guest has sent, checksums included.</summary>
internal static class CaptureJudge
{
    /// <summary>
    /// Both sum up to the same, and one of 65,536 segments has it: QEMU's e1000 computes TCP's checksum as UDP's, in which 0 is written as FFFF.
    /// </summary>
    private const string DeviceChecksum = "TCP Checksum 0xffff instead of 0x0000";

    /// <summary>
    /// Warnings that tell of no fault: a port that nobody listens on is answered by a reset, a program that does not read closes its window, a peer's
    /// window may be filled, and what a busy peer sends twice is told by D-SACK. (What we send twice is a note only.)
    /// </summary>
    private static readonly string[] s_harmless =
        ["Connection reset (RST)", "TCP Zero Window segment", "TCP window specified by the receiver is now completely full", "D-SACK Sequence", DeviceChecksum];

    /// <summary>Fails with the frames of the guest that tshark calls malformed, wrong or strange.</summary>
    public static async Task AssertCleanAsync(string capture)
    {
        HostProgramResult run = await HostProgram.RunAsync(
            "tshark", "-n", "-r", capture, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE",
            "-Y", $"ip.src == {QemuOptions.GuestAddress}", "-T", "fields", "-E", "separator=|", "-E", "aggregator=;",
            "-e", "frame.number", "-e", "tcp.checksum.status", "-e", "_ws.expert.severity", "-e", "_ws.expert.message");
        Assert.Equal(0, run.Status);
        string[][] frames = [.. run.Output.Split('\n').Select(line => line.Split('|', 4)).Where(fields => fields.Length == 4)];
        Assert.NotEmpty(frames);
        Assert.Empty(frames.Where(IsFault).Select(fields => string.Join(' ', fields)));
    }

    private static bool IsFault(string[] fields)
    {
        const int Warning = 0x00600000; // PI_WARN
        string[] severities = fields[2].Split(';', StringSplitOptions.RemoveEmptyEntries);
        string[] messages = fields[3].Split(';', StringSplitOptions.RemoveEmptyEntries);
        bool isChecksumWrong = fields[1] == "0" && !fields[3].Contains(DeviceChecksum, StringComparison.Ordinal);
        return isChecksumWrong || severities.Where((severity, index) => int.Parse(severity, System.Globalization.CultureInfo.InvariantCulture) >= Warning
            && !(index < messages.Length && s_harmless.Any(text => messages[index].Contains(text, StringComparison.Ordinal)))).Any();
    }
}
