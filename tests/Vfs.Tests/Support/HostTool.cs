using System.Diagnostics;

namespace KernelSockets.Vfs.Tests.Support;

/// <summary>Runs the host's own minix tools (util-linux): the independent judges of our images.</summary>
internal static class HostTool
{
    private static readonly string[] s_harmlessEnds = [" inodes", " blocks"];

    private static readonly string[] s_harmlessStarts =
    [
        "Forcing filesystem check", "Firstdatazone=", "Zonesize=", "Maxsize=", "namelen=", "Filesystem state=",
    ];

    /// <summary>Fails the test unless fsck.minix finds nothing to say about the image.</summary>
    public static void AssertClean(byte[] image, string when)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, image);
            (int status, string output) = Run("fsck.minix", "-f", "-s", path);
            bool complains = output.Split('\n').Any(line => line.Length > 0 && !IsHarmless(line));
            Assert.True(status == 0 && !complains, $"{when}: fsck.minix says ({status}):\n{output}");
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>What fsck.minix says is wrong.</summary>
    public static string[] Complaints(byte[] image)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, image);
            (_, string output) = Run("fsck.minix", "-f", path);
            return [.. output.Split('\n').Where(line => line.Length > 0 && !IsHarmless(line))];
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The image after fsck.minix has mended it without asking; fails the test when it cannot.</summary>
    public static byte[] Repair(byte[] image, string when)
    {
        // Changed, as it tells by 3, or nothing to do.
        const int changed = 3;
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, image);
            (int status, string output) = Run("fsck.minix", "-a", "-f", path);
            Assert.True(status is 0 or changed, $"{when}: fsck.minix -a says ({status}):\n{output}");
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>An image that the host's mkfs.minix made.</summary>
    public static byte[] Make(int kibibytes, params string[] options)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, new byte[kibibytes * 1024]);
            (int status, string output) = Run("mkfs.minix", [.. options, path]);
            Assert.True(status == 0, output);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static (int Status, string Output) Run(string name, params string[] arguments)
    {
        ProcessStartInfo start = new(name, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = "/usr/sbin:/sbin:/usr/bin:/bin";
        start.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }

    private static bool IsHarmless(string line) =>
        s_harmlessEnds.Any(end => line.EndsWith(end, StringComparison.Ordinal))
        || s_harmlessStarts.Any(start => line.StartsWith(start, StringComparison.Ordinal));
}
