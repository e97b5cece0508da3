namespace KernelSockets;

/// <summary>What chmod, chown and utimensat change of an inode; null leaves a field as it is.</summary>
public readonly record struct InodeChange
{
    /// <summary>Permissions, set-user-id and the like; the type stays.</summary>
    public InodeMode? Permissions { get; init; }

    /// <summary>Owner.</summary>
    public uint? UserId { get; init; }

    /// <summary>Group.</summary>
    public uint? GroupId { get; init; }

    /// <summary>Last read.</summary>
    public DateTimeOffset? AccessTime { get; init; }

    /// <summary>Last change of the content.</summary>
    public DateTimeOffset? ModificationTime { get; init; }

    /// <summary>When the change is made.</summary>
    public DateTimeOffset ChangeTime { get; init; }

    /// <summary>Enters the change; under the lock that protects the inode. A new owner of a file takes the rights of the old one from it (chown(2)).</summary>
    public void ApplyTo(Inode inode)
    {
        ArgumentNullException.ThrowIfNull(inode);
        InodeMode permissions = Permissions ?? inode.Mode & InodeMode.PermissionMask;
        if ((UserId is not null || GroupId is not null) && !inode.Mode.IsDirectory())
        {
            permissions &= ~(InodeMode.SetUserId | InodeMode.SetGroupId);
        }

        inode.Mode = inode.Mode.Type() | (permissions & InodeMode.PermissionMask);
        inode.UserId = UserId ?? inode.UserId;
        inode.GroupId = GroupId ?? inode.GroupId;
        inode.AccessTime = AccessTime ?? inode.AccessTime;
        inode.ModificationTime = ModificationTime ?? inode.ModificationTime;
        inode.ChangeTime = ChangeTime;
    }
}
