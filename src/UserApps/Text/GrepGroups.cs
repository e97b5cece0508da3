namespace KernelSockets.UserApps.Text;

/// <summary>What the files of one call share: whether lines of any were printed, from which those that follow are to be set apart.</summary>
internal sealed class GrepGroups
{
    /// <summary>True once lines of some file were printed.</summary>
    public bool IsAnyPrinted { get; set; }
}
