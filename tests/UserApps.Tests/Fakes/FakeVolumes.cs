namespace KernelSockets.UserApps.Tests.Fakes;

/// <summary>Disks that answer what the test wants, and remember what was asked.</summary>
internal sealed class FakeVolumes : IVolumeControl
{
    public List<string> Calls { get; } = [];

    public Errno Error { get; set; }

    public CheckOutcome Outcome { get; set; }

    public string[] Report { get; set; } = [];

    public Errno Format(string path, string type, string options)
    {
        Calls.Add($"format {path} {type} {options}");
        return Error;
    }

    public Errno Check(string path, string type, CheckOptions options, Action<string> report, out CheckOutcome outcome)
    {
        Calls.Add($"check {path} {type} {options}");
        Array.ForEach(Report, report);
        outcome = Outcome;
        return Error;
    }
}
