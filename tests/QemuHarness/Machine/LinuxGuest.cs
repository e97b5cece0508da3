namespace KernelSockets.QemuHarness.Machine;

/// <summary>A small Linux in QEMU (<c>scripts/linux-guest</c>): it runs one script over raw images as its IDE disks, and is gone.</summary>
internal static class LinuxGuest
{
    /// <summary>Boots it, runs a script of busybox sh, and returns what that printed.</summary>
    /// <param name="script">The script; the first image is /dev/disk/a and so on, and nothing is mounted yet.</param>
    /// <param name="images">Raw images, at most four.</param>
    /// <exception cref="InvalidOperationException">The script ended with another status than 0.</exception>
    public static async Task<string> RunAsync(string script, params string[] images)
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, script);
            IEnumerable<string> drives = images.SelectMany(
                static (image, index) => (string[])["-drive", $"file={QemuOptions.Escape(image)},format=raw,if=ide,index={index}"]);
            await using ChildProcess guest = await ChildProcess.StartAsync(Path.Combine(ProjectFiles.Root, "scripts", "linux-guest"), ["run", path, .. drives]);
            int status = await guest.WaitForExitAsync(Limits.Boot);
            return status == 0 ? guest.Output : throw new InvalidOperationException($"The script in Linux ended with status {status}:\n{guest.Output}");
        }
        finally
        {
            File.Delete(path);
        }
    }
}
